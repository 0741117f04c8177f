"""Results of the diffusion family as pictures and animations, in files that carry their run card."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.data import images
from aigc_demo.services.diffusion.requests import Grid, Samplers, Walk
from aigc_demo.services.diffusion.results import Array, CutRun, Frame, Noised, Row, SideBySide
from aigc_demo.services.diffusion.sheets import reach
from aigc_demo.services.saving import encode

SCALE = 8  # a pixel of a digit as a square of so many
MOST_FRAMES = 120  # of an animation


def run(frames: Sequence[Frame]) -> list[Image.Image]:
    """x_t of a run, at most MOST_FRAMES of it, the finished picture last."""
    places = np.unique(np.linspace(0, len(frames) - 1, min(len(frames), MOST_FRAMES)).round().astype(int))
    return [images.to_pil(frames[i].x / reach(frames[i].alpha_bar), scale_of(frames[i].x)) for i in places]


def scale_of(picture: Array) -> int:
    """How much a picture is enlarged: to about 256 pixels."""
    return max(1, 256 // picture.shape[-1])


def several(pictures: Array, columns: int) -> Image.Image:
    """(N, C, H, W) side by side."""
    return images.grid(pictures, columns, 3)


def file(request: Any, result: Any, format: str, card: Card) -> bytes:
    """What a use-case gave back (a list of it where it was a run) as a file."""
    if isinstance(request, Walk):
        pictures = result[-1]
        stops = [images.to_pil(picture, scale_of(picture)) for picture in pictures]
        return encode([*stops, *stops[-2:0:-1]], format, card, several(pictures, 8))
    if isinstance(request, Grid):
        return encode([several(moment, request.seeds) for moment in result], format, card)
    if isinstance(result, list) and isinstance(result[-1], Frame):
        return encode(run([frame for frame in result if frame is not None]), format, card)
    if isinstance(request, Samplers):
        return encode([still([row for row in result if row is not None])], format, card)
    alone = result[-1] if isinstance(result, list) and isinstance(result[-1], CutRun | SideBySide) else result
    return encode([still(alone)], format, card)


def still(result: Noised | CutRun | SideBySide | Sequence[Row]) -> Image.Image:
    """A result that is looked at as one picture."""
    if isinstance(result, Noised):
        return images.to_pil(result.x / reach(result.alpha_bar), SCALE)
    if isinstance(result, CutRun):
        return several(np.stack([result.few, result.cut_x0, result.many]), 3)
    if isinstance(result, SideBySide):
        return several(np.stack([result.ours, result.theirs]), 2)
    return several(np.concatenate([row.pictures for row in result]), len(result[0].pictures))
