"""Make what ships with the text VAE tab, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.textvae.shipped            everything
    python -m aigc_demo.services.textvae.shipped morph      some of it

Run it after new weights; assets/examples/ then holds textvae-verse-<name>.json, the first result of every inner tab
with its defaults, and textvae-typed.json what the landing view types: a way between two sentences.
"""

import argparse
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UserError
from aigc_demo.services.textvae import checkpoints, requests
from aigc_demo.services.textvae.service import TextVAEService, create

logger = logging.getLogger(__name__)
FIRST: dict[str, Any] = {"morph": requests.Morph(), "draw": requests.Draw(), "compare": requests.Compare()}
TYPED = 4  # stops of the way on the landing view


def first(name: str, service: TextVAEService, folder: Path) -> None:
    """The first result of an inner tab."""
    request = FIRST[name]
    value = asdict(getattr(service, name)(request))
    facts = {"checkpoint": checkpoints.VERSE, "sha256": service.store.sha256(checkpoints.VERSE), "seed": request.seed}
    facts |= service.facts(*checkpoints.used(request))
    text = json.dumps({**value, **facts, "values": asdict(request)}, ensure_ascii=False)
    (folder / f"{checkpoints.VERSE}-{name}.json").write_text(text + "\n", encoding="utf-8")


def typed(service: TextVAEService, folder: Path) -> None:
    """A short way between two sentences, each once, for the landing view."""
    made = service.morph(requests.Morph(stops=TYPED))
    lines = dict.fromkeys(step.text for step in made.steps)
    value = {"prompt": f"{made.first.text}\n", "text": "\n".join(lines)}
    (folder / "textvae-typed.json").write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    makers: dict[str, Callable[[TextVAEService, Path], None]] = {
        **{name: partial(first, name) for name in FIRST},
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
