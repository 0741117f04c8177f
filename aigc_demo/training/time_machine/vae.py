"""The time machine of the autoencoders: where test digits lay on the plane at moments of the training.

One picture, the maps decoded at all moments below each other, and the codes and what they cost.
"""

import base64
import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.data import digits
from aigc_demo.data.fetch import present
from aigc_demo.models.vae import VAE, VAEConfig
from aigc_demo.training.time_machine.log import Line, minutes_at, moments, read_log
from aigc_demo.training.vae import RECIPES, terms

logger = logging.getLogger(__name__)
IDS = tuple(id for id in RECIPES if id.endswith("-2d"))
SHOWN = 1_000  # test digits whose codes are kept
CELLS = 10  # pictures along a side of a map
REACH = 4.0  # half a side of the plane, in code units
UNIT = 4096  # a code is kept as a whole number of 1/UNIT
EDGE = 1e-6  # a chance of ink is never surer than this


def grid() -> Tensor:
    """Codes in the middle of every cell of the map, row by row from the top left, (CELLS * CELLS, 2)."""
    step = 2 * REACH / CELLS
    along = torch.arange(CELLS) * step - REACH + step / 2
    y, x = torch.meshgrid(-along, along, indexing="ij")
    return torch.stack([x, y], dim=-1).view(-1, 2)


def chart(model: VAE) -> Tensor:
    """What the model decodes in every cell, (CELLS * H, CELLS * W) uint8 in 16 shades to be light."""
    pictures = model.paint(grid())[:, 0]
    _, height, width = pictures.shape
    rows = pictures.view(CELLS, CELLS, height, width).transpose(1, 2).reshape(CELLS * height, CELLS * width)
    return (rows * 15).round().to(torch.uint8) * 17


def text(numbers: np.ndarray) -> str:
    """The bytes of an array as base64."""
    return base64.b64encode(numbers.tobytes()).decode()


def codes(mean: Tensor) -> str:
    """(N, 2) as base64 of int16 in units of 1/UNIT; codes further out than 7.9 stay there."""
    return text((mean.clamp(-7.9, 7.9) * UNIT).round().numpy().astype("<i2"))


def look(path: Path, x: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Any]]:
    """The map of the weights in `path`; codes of x (N, 1, H, W) in [0, 1] and what they cost, nats per picture."""
    model = files.read(path, VAE, VAEConfig)
    noise = torch.randn(1, len(x), 2, generator=torch.Generator().manual_seed(0))
    cost = {name: round(float(value), 3) for name, value in terms(model, x, labels, noise).items()}
    facts = {"reconstruction_nats": cost.get("reconstruction", cost["loss"]), "kl_nats": cost.get("kl", 0.0)}
    return chart(model), {**facts, "points": codes(model.encode(x, labels).mean)}


def guess_nats(seen: Tensor, x: Tensor) -> float:
    """What x costs when the mean of the pictures `seen` is painted for every one of them; both (N, 1, H, W)."""
    chance = seen.mean(0).clamp(EDGE, 1 - EDGE)
    return round(float(-(x * chance.log() + (1 - x) * (1 - chance).log()).flatten(1).sum(1).mean()), 2)


@torch.inference_mode()
def render(run: Path, shipped: Path, x: Tensor, labels: Tensor) -> tuple[Image.Image, dict[str, Any]]:
    """All maps below each other, and what the page needs to know about them. x (N, 1, H, W), labels (N,)."""
    lines: list[Line] = read_log(run / "log.jsonl")
    maps, known = [], []
    for pictures, path in moments(run, shipped, lines):
        drawn, facts = look(path, x, labels)
        maps.append(drawn)
        known.append({"pictures": pictures, "minutes": minutes_at(pictures, lines), **facts})
        logger.info("%d pictures: %.1f + %.1f nats", pictures, facts["reconstruction_nats"], facts["kl_nats"])
    height, width = maps[0].shape
    facts = {
        "tile": {"width": width, "height": height, "cells": CELLS},
        "labels": text(labels.numpy().astype(np.uint8)),
        "snapshots": known,
    }
    return Image.fromarray(torch.cat(maps).numpy()), facts


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], Image.Image]:
    """What the page shows of a training."""
    seen, tested = (digits.load(present(entry.data), part) for part in ("train", "test"))
    x, labels = tested[0][:SHOWN].float() / 255, tested[1][:SHOWN]
    picture, facts = render(run, weights, x, labels)
    return {"guess_nats": guess_nats(seen[0].float() / 255, x), **facts}, picture
