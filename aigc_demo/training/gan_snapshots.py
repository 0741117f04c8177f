"""The time machine of the picture GANs: what a generator made at moments of its training, and how the game went.

    python -m aigc_demo.training.gan_snapshots gan-digits-r3

Reads the snapshots and the log in runs/<id>, and the finished weights. Writes to assets/examples/ one picture, the
sheets of all moments below each other, and one JSON file with where they stand. The seeds are the same for every model:
picture i is that of seed i, and of class i % 10 where a class can be asked for.
"""

import argparse
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UserError
from aigc_demo.data import digits
from aigc_demo.data.fetch import present
from aigc_demo.evaluation.digits import classify
from aigc_demo.evaluation.frechet import frechet
from aigc_demo.evaluation.gan import CLASSES, draw, padded
from aigc_demo.models.gan import GAN, GANConfig
from aigc_demo.models.judge import Judge
from aigc_demo.training.snapshots import Line, minutes_at, moments, read_log, sheet, thin

logger = logging.getLogger(__name__)
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


def look(path: Path, against: Yardstick) -> tuple[Tensor, dict[str, Any]]:
    """The sheet of the weights in `path`; how often each class was read, and the Frechet distance."""
    made = draw(files.read(path, GAN, GANConfig), range(SAMPLES), torch.arange(SAMPLES) % CLASSES)
    features, predicted = classify(against.judge, padded(made))
    counts = torch.bincount(predicted, minlength=CLASSES).tolist()
    return sheet(made[:SHOWN]), {"frechet": round(frechet(features, against.features), 4), "counts": counts}


def course(lines: list[Line]) -> list[Line]:
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
        "curve": course(lines),
    }
    return Image.fromarray(torch.cat(sheets).numpy()), facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", nargs="+", help="ids of checkpoints in the catalogue")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the folders of the trainings lie")
    parser.add_argument("--file", type=Path, help="the finished weights; the shipped ones by default")
    parser.add_argument("--out", type=Path, default=catalogue.ASSETS / "examples")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        judge = Store(device="cpu").load("judge-digits")
        assert isinstance(judge, Judge)
        against = yardstick(judge, present("mnist"))
        for entry in map(catalogue.checkpoint, options.id):
            shipped = options.file or catalogue.ASSETS / entry.file
            picture, facts = render(options.runs / entry.id, shipped, against)
            picture.save(options.out / f"{entry.id}-snapshots.png", optimize=True)
            text = json.dumps({"checkpoint": entry.id, **facts}, indent=1)
            (options.out / f"{entry.id}-training.json").write_text(text + "\n")
    except UserError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
