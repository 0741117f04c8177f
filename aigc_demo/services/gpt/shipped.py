"""The first results of the gpt tab, which the page shows before any click.

    python -m aigc_demo.services.gpt.shipped            all of them
    python -m aigc_demo.services.gpt.shipped write      some of them

Run it after new weights; assets/examples/ then holds

    gpt-shakespeare-write.json    what Write() gives, as services/token_parts.py has it
    gpt-shakespeare-surgery.json  what Surgery() gives, text and odds
    gpt-poems-poem.json           what Compose() gives, as services/gpt/poem_values.py has it
    gpt-typed.json                the lines that the card of the landing view types
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from aigc_demo.services.gpt.odds_values import odds_value
from aigc_demo.services.gpt.poem_values import poem as poem_value
from aigc_demo.services.gpt.requests import Compose, Surgery, Write
from aigc_demo.services.gpt.service import GPTService, create
from aigc_demo.services.shipping import make, write
from aigc_demo.services.token_parts import Growing

TYPED = 110  # characters of the card


def text(service: GPTService, folder: Path) -> None:
    """The first text."""
    request = Write()
    *_, last = service.write(request)
    made = last.value
    growing = Growing(made.prompt, cut=made.cut)
    value = growing.add(made.tokens)
    facts = {"values": asdict(request), "seed": request.seed, "sha256": service.store.sha256(request.model)}
    write(folder / f"{request.model}-write.json", {**value, "run": "shipped", **facts, **service.facts(request.model)})


def surgery(service: GPTService, folder: Path) -> None:
    """The first place under the knife."""
    request = Surgery()
    read, odds = Growing(service.reading(request)).value, odds_value(request, service.surgery(request))
    facts = {"values": asdict(request), "seed": None, "sha256": service.store.sha256(request.model)}
    value = {"text": {**read, "run": "shipped"}, "odds": odds, **facts, **service.facts(request.model)}
    write(folder / f"{request.model}-surgery.json", value)


def poem(service: GPTService, folder: Path) -> None:
    """The first poem."""
    request = Compose()
    *_, last = service.compose(request)
    facts = {"values": asdict(request), "seed": request.seed, "sha256": service.store.sha256(request.model)}
    value = {**poem_value(last.value), "run": "shipped", **facts, **service.facts(request.model)}
    write(folder / f"{request.model}-poem.json", value)


def typed(service: GPTService, folder: Path) -> None:
    """A few lines for the landing view."""
    request = Write(length=TYPED)
    *_, last = service.write(request)
    said = "".join(token.text for token in last.value.tokens)
    write(folder / "gpt-typed.json", {"prompt": request.prompt, "text": said.rpartition(" ")[0]})


def main() -> None:
    makers: dict[str, Callable[[GPTService, Path], None]] = {
        "write": text,
        "surgery": surgery,
        "poem": poem,
        "typed": typed,
    }
    make(__doc__, makers, create)


if __name__ == "__main__":
    main()
