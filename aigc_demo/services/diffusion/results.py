"""What the diffusion use-cases give back: arrays that can be looked at. Free of torch, as the page reads them."""

from dataclasses import dataclass

import numpy as np

from aigc_demo.sampling.names import SAMPLERS

Array = np.ndarray
ROWS = SAMPLERS  # of the sampler comparison
COUNTS = (3, 5, 10, 20, 50)  # step counts of the sampler comparison
TOLERANCE = 1e-4  # largest absolute difference of two layers that agree


@dataclass(frozen=True)
class Frame:
    """One moment of a run, for one picture. Arrays are (C, H, W) float32; x = signal x0 + noise eps."""

    level: int  # noise level t; -1 for the finished picture
    alpha_bar: float
    x: Array
    x0: Array
    eps: Array
    eps_null: Array | None = None  # with guidance: the noise as seen without a class
    eps_class: Array | None = None  # and with it


@dataclass(frozen=True)
class Noised:
    """A real or drawn digit on its way into noise. Arrays are (H, W) float32."""

    x0: Array
    eps: Array
    x: Array  # at `level`
    level: int
    alpha_bar: float
    snr_db: float  # signal-to-noise ratio


@dataclass(frozen=True)
class Row:
    """One sampler's pictures at the step counts of COUNTS, (N, C, H, W), and the time each took."""

    sampler: str
    pictures: Array
    milliseconds: tuple[float, ...]


@dataclass(frozen=True)
class CutRun:
    """A run of `few` steps against a longer run that was cut after as many; all (C, H, W)."""

    few: Array  # the finished picture of the short run
    cut: Array  # x_t of the long run after as many steps
    cut_x0: Array  # what the long run thought the picture would be, then
    many: Array  # the finished picture of the long run


@dataclass(frozen=True)
class SideBySide:
    """One digit drawn by us and by the library; pictures (C, H, W)."""

    ours: Array
    theirs: Array
    maximum: float  # largest absolute difference of the two
    mean: float  # mean absolute difference
    our_milliseconds: float
    their_milliseconds: float
    layers: tuple[tuple[str, str, float, float], ...]  # our name, theirs, maximum, mean, in the order they run
    first: int | None  # the first layer over the tolerance
