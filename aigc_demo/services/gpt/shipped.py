"""The first results of the gpt tab, which the page shows before any click.

    python -m aigc_demo.services.gpt.shipped            all of them
    python -m aigc_demo.services.gpt.shipped write      some of them

Run it after new weights; assets/examples/ then holds

    gpt-shakespeare-write.json    what Write() gives, as services/token_parts.py has it
    gpt-shakespeare-surgery.json  what Surgery() gives, text and odds
    gpt-poems-poem.json           what Compose() gives, as services/gpt/poem_values.py has it
    gpt-typed.json                the lines that the card of the landing view types
"""

import argparse
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UserError
from aigc_demo.services.gpt.odds_values import odds_value
from aigc_demo.services.gpt.poem_values import poem as poem_value
from aigc_demo.services.gpt.requests import Compose, Surgery, Write
from aigc_demo.services.gpt.service import GPTService, create
from aigc_demo.services.token_parts import Growing

logger = logging.getLogger(__name__)
TYPED = 110  # characters of the card


def write(service: GPTService, folder: Path) -> None:
    """The first text."""
    request = Write()
    *_, last = service.write(request)
    made = last.value
    growing = Growing(made.prompt, cut=made.cut)
    value = growing.add(made.tokens)
    facts = {"values": asdict(request), "seed": request.seed, "sha256": service.store.sha256(request.model)}
    save(folder / f"{request.model}-write.json", {**value, "run": "shipped", **facts, **service.facts(request.model)})


def surgery(service: GPTService, folder: Path) -> None:
    """The first place under the knife."""
    request = Surgery()
    text, odds = Growing(service.reading(request)).value, odds_value(request, service.surgery(request))
    facts = {"values": asdict(request), "seed": None, "sha256": service.store.sha256(request.model)}
    value = {"text": {**text, "run": "shipped"}, "odds": odds, **facts, **service.facts(request.model)}
    save(folder / f"{request.model}-surgery.json", value)


def poem(service: GPTService, folder: Path) -> None:
    """The first poem."""
    request = Compose()
    *_, last = service.compose(request)
    facts = {"values": asdict(request), "seed": request.seed, "sha256": service.store.sha256(request.model)}
    value = {**poem_value(last.value), "run": "shipped", **facts, **service.facts(request.model)}
    save(folder / f"{request.model}-poem.json", value)


def typed(service: GPTService, folder: Path) -> None:
    """A few lines for the landing view."""
    request = Write(length=TYPED)
    *_, last = service.write(request)
    text = "".join(token.text for token in last.value.tokens)
    save(folder / "gpt-typed.json", {"prompt": request.prompt, "text": text.rpartition(" ")[0]})


def save(path: Path, value: dict[str, Any]) -> None:
    """A value as a line of JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    makers: dict[str, Callable[[GPTService, Path], None]] = {
        "write": write,
        "surgery": surgery,
        "poem": poem,
        "typed": typed,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"what to make; by default everything: {', '.join(makers)}")
    names = parser.parse_args().names or list(makers)
    if unknown := set(names) - set(makers):
        parser.error(f"there is no {', '.join(unknown)}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    store = Store(device="cpu")
    service = create(store)
    for name in names:
        try:
            makers[name](service, Path(store.assets) / "examples")
            logger.info("%s: made", name)
        except UserError as error:
            logger.warning("%s: %s", name, error)


if __name__ == "__main__":
    main()
