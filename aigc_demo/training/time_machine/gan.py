"""The time machine of the picture GANs: what a generator made at moments of its training, and how the game went.

One picture, the sheets of all moments below each other, and where they stand. The seeds are the same for every model:
picture i is that of seed i, and of class i % 10 where a class can be asked for.
"""

import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.data import digits
from aigc_demo.data.fetch import present
from aigc_demo.evaluation.digits import classify
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.gan import CLASSES, draw, padded
from aigc_demo.models.gan import GAN, GANConfig
from aigc_demo.models.judge import Judge
from aigc_demo.training.gan import RECIPES
from aigc_demo.training.time_machine.diffusion import sheet
from aigc_demo.training.time_machine.log import Line, minutes_at, moments, read_log, thin

logger = logging.getLogger(__name__)
IDS = tuple(id for id in RECIPES if id.startswith("gan-digits"))
SHOWN = 40  # seeds: pictures of a sheet, ten in a row
SAMPLES = 500  # pictures that the judge reads at every moment
REAL = 2500  # test digits that they are held against
TERMS = ("generator", "critic", "real", "fake")  # losses of both sides, mean scores of real and made pictures


@dataclass(frozen=True)
class Yardstick:
    """The judge, what it sees in test digits (REAL, D), and how far as many training digits as are made are from it."""

    judge: Judge
    features: Tensor
    floor: float


def yardstick(judge: Judge, folder: Path) -> Yardstick:
    """The test digits stand in no order, so the first of them are as good as any."""
    parts = (("test", REAL), ("train", SAMPLES))
    test, train = (digits.to_float(digits.load(folder, split)[0][:count]) for split, count in parts)
    features = classify(judge, test)[0]
    return Yardstick(judge, features, round(frechet(classify(judge, train)[0], features), 4))


@cache
def shipped() -> Yardstick:
    """The yardstick of the judge that ships; the digits must be on this machine."""
    return yardstick(loaded(Store(device="cpu"), "judge-digits", Judge), present("mnist"))


def look(path: Path, against: Yardstick) -> tuple[Tensor, dict[str, Any]]:
    """The sheet of the weights in `path`; how often each class was read, and the Frechet distance."""
    made = draw(files.read(path, GAN, GANConfig), range(SAMPLES), torch.arange(SAMPLES) % CLASSES)
    features, predicted = classify(against.judge, padded(made))
    counts = torch.bincount(predicted, minlength=CLASSES).tolist()
    return sheet(made[:SHOWN]), {"frechet": round(frechet(features, against.features), 4), "counts": counts}


def curve(lines: list[Line]) -> list[Line]:
    """The lines of a log as the page draws them."""
    return [
        {"pictures": line["pictures"], "minutes": round(line["minutes"], 2)}
        | {name: float(f"{line[name]:.5g}") for name in TERMS}
        for line in thin(lines)
    ]


def render(run: Path, shipped: Path, against: Yardstick) -> tuple[Image.Image, dict[str, Any]]:
    """All sheets below each other, and what the page needs to know about them."""
    lines = read_log(run / "log.jsonl")
    sheets, known = [], []
    for pictures, path in moments(run, shipped, lines):
        drawn, facts = look(path, against)
        sheets.append(drawn)
        known.append({"pictures": pictures, "minutes": minutes_at(pictures, lines), **facts})
        logger.info("%d pictures: Frechet distance %.2f, classes %s", pictures, facts["frechet"], facts["counts"])
    height, width = sheets[0].shape
    facts = {
        "tile": {"width": width, "height": height, "columns": CLASSES, "rows": SHOWN // CLASSES},
        "samples": SAMPLES,
        "frechet_floor": against.floor,
        "snapshots": known,
        "curve": curve(lines),
    }
    return Image.fromarray(torch.cat(sheets).numpy()), facts


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], Image.Image]:
    """What the page shows of a training."""
    picture, facts = render(run, weights, shipped())
    return facts, picture
