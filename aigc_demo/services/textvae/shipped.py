"""Make what ships with the text VAE tab, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.textvae.shipped            everything
    python -m aigc_demo.services.textvae.shipped morph      some of it

Run it after new weights; assets/examples/ then holds textvae-verse-<name>.json, the first result of every inner tab
with its defaults, and textvae-typed.json what the landing view types: a way between two sentences.
"""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from aigc_demo.services.shipping import make, write
from aigc_demo.services.textvae import checkpoints, requests
from aigc_demo.services.textvae.service import TextVAEService, create

FIRST: dict[str, Any] = {"morph": requests.Morph(), "draw": requests.Draw(), "compare": requests.Compare()}
TYPED = 4  # stops of the way on the landing view


def first(name: str, service: TextVAEService, folder: Path) -> None:
    """The first result of an inner tab."""
    request = FIRST[name]
    value = asdict(getattr(service, name)(request))
    facts = {"checkpoint": checkpoints.VERSE, "sha256": service.store.sha256(checkpoints.VERSE), "seed": request.seed}
    facts |= service.facts(*checkpoints.used(request))
    write(folder / f"{checkpoints.VERSE}-{name}.json", {**value, **facts, "values": asdict(request)})


def typed(service: TextVAEService, folder: Path) -> None:
    """A short way between two sentences, each once, for the landing view."""
    made = service.morph(requests.Morph(stops=TYPED))
    lines = dict.fromkeys(step.text for step in made.steps)
    value = {"prompt": f"{made.first.text}\n", "text": "\n".join(lines)}
    write(folder / "textvae-typed.json", value)


def main() -> None:
    makers: dict[str, Callable[[TextVAEService, Path], None]] = {
        **{name: partial(first, name) for name in FIRST},
        "typed": typed,
    }
    make(__doc__, makers, create)


if __name__ == "__main__":
    main()
