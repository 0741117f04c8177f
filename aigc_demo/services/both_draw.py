"""What the use cases beside another network that draws share: pictures by both, and how far they are apart.

In ONNX Runtime, where that is installed, ours draws once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from aigc_demo.core.params import Request
from aigc_demo.data import images
from aigc_demo.pipelines import parity
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, plain, tiles
from aigc_demo.services.use_case import Json

SCALE = 3  # pixels of a file for one of a picture


@dataclass(frozen=True)
class OnnxColumn:
    """What our network made in ONNX Runtime, beside what it made in PyTorch."""

    picture: Array
    maximum: float  # largest absolute difference of the two
    milliseconds: float


@dataclass(frozen=True)
class SideBySide:
    """One picture (C, H, W), or clip (T, H, W), drawn by both."""

    ours: Array
    theirs: Array
    maximum: float  # largest absolute difference of the two
    mean: float  # mean absolute difference
    our_milliseconds: float
    their_milliseconds: float
    layers: parity.Figures
    first: int | None  # the first layer over the tolerance


@dataclass(frozen=True)
class WithOnnx(SideBySide):
    onnx: OnnxColumn | None  # None where it isn't installed, or a mistake is asked for


def with_onnx(
    drawn: Sequence[Tensor],
    pictures: Sequence[Tensor],
    times: Sequence[float],
    layers: parity.Figures,
    first: int | None,
) -> WithOnnx:
    """What was drawn (1, ...) by ours, by ours in ONNX Runtime where there are three, by the library, and milliseconds.

    pictures: (1, C, H, W), what is seen of it.
    """
    gap = (drawn[0] - drawn[-1]).abs()
    left, *engine, right = (picture[0].numpy() for picture in pictures)
    onnx = OnnxColumn(engine[0], float((drawn[0] - drawn[1]).abs().max()), times[1]) if engine else None
    figures = float(gap.max()), float(gap.mean()), times[0], times[-1]
    return WithOnnx(left, right, *figures, layers, first, onnx)


def page(request: Request, made: WithOnnx) -> Json:
    """Our picture, in ONNX Runtime too, the library's, how far ours and the library's are apart; the layers.

    The difference is white where they agree: a page shows -1 of grey pictures as white.
    """
    between = [made.onnx] if made.onnx else []
    gap = np.abs(made.ours - made.theirs)
    grey = len(gap) == 1
    pictures = np.stack([made.ours, *(one.picture for one in between), made.theirs, gap - 1 if grey else 1 - gap])
    times = [made.our_milliseconds, *(one.milliseconds for one in between), made.their_milliseconds]
    colour = {} if grey else {"colour": True}
    table: Json = {"layers": made.layers, "first": made.first, "maximum": made.maximum, "mean": made.mean}
    table |= {"tolerance": parity.TOLERANCE, "onnx_maximum": made.onnx and made.onnx.maximum}
    return tiles(pictures, milliseconds=times, **colour, **table)


def numbers(request: Request, made: SideBySide) -> Json:
    """Differences, times, and the first layer over the tolerance."""
    return plain(made)


def still(request: Request, run: Sequence[WithOnnx]) -> Pictures:
    """Our picture, in ONNX Runtime too, beside that of the library."""
    made = run[-1]
    pictures = [made.ours, *([made.onnx.picture] if made.onnx else []), made.theirs]
    return Pictures([images.grid(np.stack(pictures), len(pictures), SCALE)])
