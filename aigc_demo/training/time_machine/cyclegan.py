"""The time machine of CycleGAN: held-out emoji translated at moments of both trainings, with the cycle term or without.

Both folders must lie beside each other. One picture, a row of originals and then for every moment a row with the cycle
term and one without, and what they cost.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.data import emoji
from aigc_demo.evaluation.cyclegan import apart, translate
from aigc_demo.models.cyclegan import CycleGAN, CycleGANConfig
from aigc_demo.training.time_machine.log import Line, minutes_at, moments, read_log

logger = logging.getLogger(__name__)
CYCLE, WITHOUT = "cyclegan-emoji", "cyclegan-emoji-nocycle"
IDS = (CYCLE,)
SHOWN = (0, 5, 11, 16), (3, 7, 9, 19)  # of emoji.PAIRS: those that go from A to B, those that go back
COLOURS = 128  # of the picture, to be light
LOSSES = ("cycle", "identity", "fool", "critic")


def pairs(sheet: Path) -> tuple[Tensor, Tensor]:
    """The emoji that ship, as both vendors draw them, (24, 3, 64, 64) each, in [-1, 1]."""
    both = torch.from_numpy(emoji.read_samples(sheet).transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1
    a, b = both.chunk(2)
    return a, b


def look(path: Path, a: Tensor, b: Tensor) -> tuple[Tensor, float]:
    """What the weights in `path` make of the shown emoji (8, 3, H, W), and how far all are from the truth, per cent."""
    model = files.read(path, CycleGAN, CycleGANConfig)
    to_b, to_a = translate(model, a, backwards=False)[0], translate(model, b, backwards=True)[0]
    shown = torch.cat([to_b[list(SHOWN[0])], to_a[list(SHOWN[1])]])
    return shown, round(50 * float(apart(to_b, b).mean() + apart(to_a, a).mean()), 3)


def loss_at(pictures: float, name: str, lines: list[Line]) -> float | None:
    """A loss after so many pictures, between the lines of the log; None before the first."""
    known = [line for line in lines if name in line]
    if not known or pictures < known[0]["pictures"]:
        return None
    return round(float(np.interp(pictures, [x["pictures"] for x in known], [x[name] for x in known])), 4)


def strip(shown: Tensor) -> np.ndarray:
    """shown (8, 3, H, W) in [-1, 1] -> side by side (H, 8 W, 3) uint8."""
    return ((torch.cat(list(shown), 2) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()


@torch.inference_mode()
def render(runs: Path, assets: Path, a: Tensor, b: Tensor) -> tuple[Image.Image, dict[str, Any]]:
    """All rows below each other, and what the page needs to know about them. a, b as `pairs` gives them."""
    lines, others = (read_log(runs / name / "log.jsonl") for name in (CYCLE, WITHOUT))
    taken = moments(runs / CYCLE, assets / f"checkpoints/{CYCLE}.safetensors", lines)
    without = moments(runs / WITHOUT, assets / f"checkpoints/{WITHOUT}.safetensors", others)
    rows = [strip(torch.cat([a[list(SHOWN[0])], b[list(SHOWN[1])]]))]
    known: list[dict[str, Any]] = []
    for (pictures, path), (_, other) in zip(taken, without, strict=True):
        (shown, error), (shown_without, error_without) = look(path, a, b), look(other, a, b)
        rows += [strip(shown), strip(shown_without)]
        losses = {name: loss_at(pictures, name, lines) for name in LOSSES}
        errors = {"error": error, "error_without": error_without}
        known.append({"pictures": pictures, "minutes": minutes_at(pictures, lines), **losses, **errors})
        logger.info("%d pictures: %.2f %% off, without the cycle term %.2f %%", pictures, error, error_without)
    nothing = round(100 * float(apart(a, b).mean()), 3)
    facts = {"side": emoji.SIDE, "nothing": nothing, "moments": known}
    return Image.fromarray(np.concatenate(rows)).quantize(COLOURS), facts


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], Image.Image]:
    """What the page shows of both trainings, of whose weights those that ship are shown."""
    a, b = pairs(catalogue.ASSETS / "examples" / "emoji-pairs.png")
    picture, facts = render(run.parent, catalogue.ASSETS, a, b)
    return facts, picture
