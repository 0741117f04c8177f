"""The time machine: what a model drew at moments of its training, from the same seeds, beside the loss curve.

    python -m aigc_demo.training.snapshots diffusion-digits

Reads the snapshots and the log in runs/<id>, and the finished weights; writes one picture, the sheets of all moments
below each other, and one JSON file with where they stand, to assets/examples/.
"""

import argparse
import bisect
import json
import logging
from dataclasses import asdict
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
from aigc_demo.evaluation.digits import classify, draw, share
from aigc_demo.evaluation.measurement import Settings
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.judge import Judge
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.training.diffusion import draw_timesteps

logger = logging.getLogger(__name__)
CLASSES = 10  # columns of a sheet
SHOWN = 8  # seeds: rows of a sheet
POINTS = 200  # most points of the loss curve

Line = dict[str, float]


def read_log(path: Path) -> list[Line]:
    """Lines of a training log, by rising number of pictures."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return sorted(lines, key=lambda line: line["pictures"])


def thin(lines: list[Line], most: int = POINTS) -> list[Line]:
    """At most `most` of the lines, evenly chosen, the first and the last among them."""
    if len(lines) <= most:
        return lines
    return [lines[round(i * (len(lines) - 1) / (most - 1))] for i in range(most)]


def minutes_at(pictures: float, lines: list[Line]) -> float:
    """Minutes of training after so many pictures, between the lines of the log."""
    known = [{"pictures": 0.0, "minutes": 0.0}, *lines]
    after = min(bisect.bisect_left([line["pictures"] for line in known], pictures), len(known) - 1)
    before = known[max(after - 1, 0)]
    span = known[after]["pictures"] - before["pictures"]
    way = min((pictures - before["pictures"]) / span, 1.0) if span else 1.0
    return round(before["minutes"] + way * (known[after]["minutes"] - before["minutes"]), 2)


def guess_loss(images: Tensor, config: DiffusionConfig, draws: int = 100_000) -> float:
    """The loss of a network that has learned the mean picture and nothing else. images (N, C, H, W) in [-1, 1].

    v = sqrt(a) eps - sqrt(1 - a) x0, so what is left is a + (1 - a) times the pictures' variance, over the levels drawn
    in training.
    """
    variance = images.var(0, correction=0).mean()
    drawn = draw_timesteps(draws, config.levels, torch.Generator().manual_seed(0))
    a = alpha_bar(config.schedule, config.levels)[drawn]
    return round(float((a + (1 - a) * variance).mean()), 4)


def sheet(pictures: Tensor) -> Tensor:
    """pictures (rows * CLASSES, 1, H, W), row by row -> (rows * H, CLASSES * W) uint8, in 16 shades to be light."""
    n, _, h, w = pictures.shape
    rows = pictures.view(n // CLASSES, CLASSES, h, w).transpose(1, 2).reshape(-1, CLASSES * w)
    return ((rows + 1) * 7.5).round().to(torch.uint8) * 17


def look(path: Path, judge: Judge, seeds: int, settings: Settings) -> tuple[Tensor, float]:
    """The sheet that the weights in `path` draw, and the share of `seeds` pictures per class that are read right."""
    model = files.read(path, DiffusionModel, DiffusionConfig)
    labels = torch.arange(CLASSES).repeat(seeds)
    pictures = draw(model, labels, settings, [settings.seed + i // CLASSES for i in range(len(labels))])
    _, seen = classify(judge, pictures)
    return sheet(pictures[: min(SHOWN, seeds) * CLASSES]), round(share(seen == labels), 4)


def moments(run: Path, shipped: Path, lines: list[Line]) -> list[tuple[int, Path]]:
    """(pictures seen, weights) of every snapshot, and of the finished model."""
    taken = [(int(path.stem.partition("-")[2]), path) for path in sorted(run.glob("snapshot-*.safetensors"))]
    return [*taken, (int(lines[-1]["pictures"]), shipped)] if lines else taken


def render(
    run: Path, shipped: Path, judge: Judge, images: Tensor, settings: Settings, seeds: int
) -> tuple[Image.Image, dict[str, Any]]:
    """All sheets below each other, and what the page needs to know about them. images as for guess_loss."""
    lines = read_log(run / "log.jsonl")
    sheets, known = [], []
    for pictures, path in moments(run, shipped, lines):
        drawn, accuracy = look(path, judge, seeds, settings)
        sheets.append(drawn)
        minutes = minutes_at(pictures, lines)
        known.append({"pictures": pictures, "minutes": minutes, "class_accuracy": accuracy})
        logger.info("%d pictures, %.1f minutes: %.1f %% read right", pictures, minutes, 100 * accuracy)
    height, width = sheets[0].shape
    facts = {
        "tile": {"width": width, "height": height, "columns": CLASSES, "rows": min(SHOWN, seeds)},
        "settings": asdict(settings) | {"samples": seeds * CLASSES, "judged": seeds * CLASSES},
        "snapshots": known,
        "curve": [
            {"pictures": line["pictures"], "minutes": round(line["minutes"], 2), "loss": round(line["loss"], 5)}
            for line in thin(lines)
        ],
        "guess_loss": guess_loss(images, files.read_config(shipped, DiffusionConfig)),
    }
    return Image.fromarray(torch.cat(sheets).numpy()), facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", nargs="?", default="diffusion-digits", help="id of the checkpoint in the catalogue")
    parser.add_argument("--run", type=Path, help="folder of the training; runs/<id> by default")
    parser.add_argument("--out", type=Path, default=catalogue.ASSETS / "examples")
    parser.add_argument("--seeds", type=int, default=20, help=f"pictures per class that are judged; {SHOWN} are shown")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        entry = catalogue.checkpoint(options.id)
        judge = Store(device="cpu").load("judge-digits")
        assert isinstance(judge, Judge)
        images = digits.to_float(digits.load(present(entry.data), "train")[0])
        run = options.run or Path("runs") / entry.id
        picture, facts = render(run, catalogue.ASSETS / entry.file, judge, images, Settings(), options.seeds)
    except UserError as error:
        raise SystemExit(str(error)) from error
    options.out.mkdir(parents=True, exist_ok=True)
    picture.save(options.out / f"{entry.id}-snapshots.png", optimize=True)
    text = json.dumps({"checkpoint": entry.id, **facts}, indent=1)
    (options.out / f"{entry.id}-training.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
