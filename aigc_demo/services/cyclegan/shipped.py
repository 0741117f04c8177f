"""Make what ships with the CycleGAN tab, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.cyclegan.shipped            everything
    python -m aigc_demo.services.cyclegan.shipped compare    some of it

Run it after new weights; assets/examples/ then holds

    emoji-pairs.png                  24 held-out emoji as Twitter draws them, then as Google does
    cyclegan-emoji-<name>.json/.png  the first result of every inner tab with its defaults, and its sheet
    cyclegan-emoji-run.json/.png     a moving picture for the landing view

The first needs the emoji on this machine: `python -m aigc_demo.data fetch emoji`.
"""

import io
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from aigc_demo.data import emoji
from aigc_demo.data.fetch import present
from aigc_demo.services.cyclegan import requests, sheets
from aigc_demo.services.cyclegan.checkpoints import CYCLE, used
from aigc_demo.services.cyclegan.requests import Translate
from aigc_demo.services.cyclegan.service import CycleGANService, create
from aigc_demo.services.shipping import make, write
from aigc_demo.services.vae.sheets import sheet

FIRST: dict[str, Any] = {"translate": requests.Translate(), "compare": requests.Compare()}
MOVING = (19, 8, 13)  # pairs in the moving picture: a key with a 0, a mushroom, a siren
COLOURS = 96  # of the moving picture, to be light
HELD, STEPS = 5, 6  # frames that a picture stands still, and frames of a cross-fade


def pairs(service: CycleGANService, folder: Path) -> None:
    """The emoji of PAIRS as both vendors draw them, as one sheet."""
    data = present("emoji")
    names = emoji.names(data, "test")
    chosen = torch.tensor([names.index(name) for name in emoji.PAIRS])
    both = [emoji.pictures(data, vendor, "test")[chosen] for vendor in emoji.VENDORS]
    emoji.write_samples(torch.cat(both), folder / "emoji-pairs.png")


def moving(service: CycleGANService, folder: Path) -> None:
    """Three emoji going over into the other style and back: a column per moment, a row per emoji."""
    made = [service.translate(Translate(sample=sample)) for sample in MOVING]
    moments = []
    for start, end in (("picture", "there"), ("there", "back")):
        ends = [np.concatenate([getattr(result, name) for result in made], axis=1) for name in (start, end)]
        moments += [ends[0]] * HELD
        moments += [ends[0] + (ends[1] - ends[0]) * step / STEPS for step in range(1, STEPS + 1)]
    many = Image.open(io.BytesIO(sheet(moments)))
    many.quantize(COLOURS).save(folder / f"{CYCLE}-run.png", optimize=True)
    panes = [f"colour-{emoji.PAIRS[sample]}" for sample in MOVING]
    value = {"sheets": [f"{CYCLE}-run.png"], "counts": [len(moments)], "panes": panes, "levels": [-1] * len(moments)}
    write(folder / f"{CYCLE}-run.json", {**value, "w": 64, "h": 64, "seed": None, **service.facts()})


def first(name: str, service: CycleGANService, folder: Path) -> None:
    """The first result of an inner tab."""
    request = FIRST[name]
    picture, facts = sheets.value(getattr(service, name)(request))
    weights = {"checkpoint": CYCLE, "sha256": service.store.sha256(CYCLE), **service.facts(*used(request))}
    file = f"{CYCLE}-{name}.png"
    (folder / file).write_bytes(picture)
    value = {"sheets": [file], **facts, **weights, "values": asdict(request), "seed": None}
    write(folder / f"{CYCLE}-{name}.json", value)


def main() -> None:
    makers: dict[str, Callable[[CycleGANService, Path], None]] = {
        "pairs": pairs,
        **{name: partial(first, name) for name in FIRST},
        "run": moving,
    }
    make(__doc__, makers, create)


if __name__ == "__main__":
    main()
