"""The time machine of diffusion: what a model drew at moments of its training, from the same seeds, beside the loss.

One picture, the sheets of all moments below each other, and where they stand.
"""

import logging
from dataclasses import asdict
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
from aigc_demo.evaluation.digits import classify, draw, share
from aigc_demo.evaluation.measurement import Settings
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.judge import Judge
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.training.diffusion import draw_timesteps
from aigc_demo.training.time_machine.log import minutes_at, moments, read_log, thin

logger = logging.getLogger(__name__)
CLASSES = 10  # columns of a sheet
IDS = ("diffusion-digits",)
SHOWN = 8  # seeds: rows of a sheet
SEEDS = 20  # pictures per class that are judged


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


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], Image.Image]:
    """What the page shows of a training."""
    judge = loaded(Store(device="cpu"), "judge-digits", Judge)
    images = digits.to_float(digits.load(present(entry.data), "train")[0])
    picture, facts = render(run, weights, judge, images, Settings(), SEEDS)
    return facts, picture
