"""Make what the CycleGAN page reads beside its first results.

    python -m aigc_demo.services.cyclegan.assets          all of it
    python -m aigc_demo.services.cyclegan.assets pairs    some of it

Run it after new weights; assets/examples/ then holds

    emoji-pairs.png              24 held-out emoji as Twitter draws them, then as Google does
    cyclegan-emoji-run.json/.png a moving picture for the landing page

The first needs the emoji on this machine: `python -m aigc_demo.data fetch emoji`.
"""

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from aigc_demo.data import emoji
from aigc_demo.data.fetch import present
from aigc_demo.services.cyclegan.requests import CYCLE, Translate
from aigc_demo.services.page_values import png
from aigc_demo.services.service import Service
from aigc_demo.services.shipping import make, write

MOVING = (19, 8, 13)  # pairs in the moving picture: a key with a 0, a mushroom, a siren
COLOURS = 96  # of the moving picture, to be light
HELD, STEPS = 5, 6  # frames that a picture stands still, and frames of a cross-fade


def pairs(service: Service, folder: Path) -> None:
    """The emoji of PAIRS as both vendors draw them, as one sheet."""
    data = present("emoji")
    names = emoji.names(data, "test")
    chosen = torch.tensor([names.index(name) for name in emoji.PAIRS])
    both = [emoji.pictures(data, vendor, "test")[chosen] for vendor in emoji.VENDORS]
    emoji.write_samples(torch.cat(both), folder / "emoji-pairs.png")


def run(service: Service, folder: Path) -> None:
    """Three emoji going over into the other style and back: a column per moment, a row per emoji."""
    made = [service.result("cyclegan_translate", Translate(sample=sample)) for sample in MOVING]
    moments = []
    for start, end in (("picture", "there"), ("there", "back")):
        ends = [np.concatenate([getattr(result, name) for result in made], axis=1) for name in (start, end)]
        moments += [ends[0]] * HELD
        moments += [ends[0] + (ends[1] - ends[0]) * step / STEPS for step in range(1, STEPS + 1)]
    many = Image.open(io.BytesIO(png(np.concatenate(moments, axis=2) * 2 - 1)))
    many.quantize(COLOURS).save(folder / f"{CYCLE}-run.png", optimize=True)
    panes = [f"colour-{emoji.PAIRS[sample]}" for sample in MOVING]
    value = {"sheets": [f"{CYCLE}-run.png"], "counts": [len(moments)], "panes": panes, "levels": [-1] * len(moments)}
    facts = service.facts("cyclegan_translate", Translate())
    write(folder / f"{CYCLE}-run.json", {**value, "w": 64, "h": 64, **facts})


if __name__ == "__main__":
    make(__doc__, {"pairs": pairs, "run": run}, Service)
