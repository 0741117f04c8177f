"""What both use cases share: the translators of a checkpoint, the emoji that ship, and how results are looked at."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.data import emoji, images
from aigc_demo.models.cyclegan import CycleGAN
from aigc_demo.services.cyclegan.requests import PAIRS
from aigc_demo.services.page_values import Array

SIDE = 64  # pixels
STEPS = 12  # of a cross-fade
HELD = 8  # frames that a picture stands still


def model_of(store: Store, checkpoint: str) -> CycleGAN:
    """The translators with this id; NotFoundError when that is no CycleGAN."""
    return loaded(store, checkpoint, CycleGAN)


def backwards(direction: str) -> bool:
    """Whether it goes from Google's style to Twitter's."""
    return direction == "to_twitter"


def pairs(store: Store, direction: str) -> tuple[Tensor, Tensor]:
    """The shipped emoji as the vendor draws them whose style is left, and as the other does.

    (24, 3, 64, 64) each, in [-1, 1].
    """
    sheet = emoji.read_samples(Path(store.assets) / "examples" / "emoji-pairs.png")  # (48, 64, 64, 3), Twitter's first
    both = torch.from_numpy(sheet.transpose(0, 3, 1, 2).copy()).float().to(store.device) / 127.5 - 1
    twitter, google = both[:PAIRS], both[PAIRS:]
    return (google, twitter) if backwards(direction) else (twitter, google)


def shown(x: Tensor) -> Array:
    """(N, 3, H, W), about in [-1, 1] -> the same in [0, 1], where it can be looked at."""
    return np.clip((x.cpu().numpy() + 1) / 2, 0, 1)


def grid(pictures: Sequence[Array], columns: int) -> Image.Image:
    """Pictures (3, H, W) in [0, 1], row by row, enlarged where there are few of them."""
    return images.grid(np.stack(pictures) * 2 - 1, columns, max(1, min(4, 1200 // (columns * SIDE))))


def cross_fade(*ends: Array) -> list[Image.Image]:
    """Rows of pictures (N, 3, H, W) in [0, 1] that go over into one another, each standing still for a while."""
    moments: list[Array] = []
    for start, end in zip(ends, ends[1:], strict=False):
        moments += [start] * HELD
        moments += [start + (end - start) * step / STEPS for step in range(1, STEPS + 1)]
    return [grid(list(moment), len(moment)) for moment in [*moments, *[ends[-1]] * HELD]]
