"""What the translators give back: arrays that can be looked at. Free of torch, as the page reads them.

Pictures are (3, 64, 64) float32 in [0, 1], errors a share of the way from black to white. N pictures.
"""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Reading:
    """What the judge, and the patch critic of the style that is aimed at, make of a picture."""

    vendor_share: float  # how sure the judge is that the other vendor drew it, 0 to 1
    score: float  # mean of the critic's scores; trained towards 1 for drawn pictures, 0 for translated ones
    scores: Array  # (14, 14), one score per patch


@dataclass(frozen=True)
class Translated:
    """A picture, there and back."""

    direction: str  # of DIRECTIONS
    picture: Array  # as the models saw it
    there: Array
    back: Array
    same: Array  # what the translator of the other direction makes of the picture, which is in its style already
    truth: Array | None  # the same emoji as the other vendor draws it
    cycle_error: Array  # (64, 64), mean over the colours
    readings: tuple[Reading, Reading, Reading | None]  # of picture, there and truth


@dataclass(frozen=True)
class Compared:
    """A row of pictures: (N, 3, 64, 64) each, and how far each is from the truth, (N,)."""

    direction: str
    nothing: Array  # the pictures themselves
    without: Array  # translated by the model that was trained without the cycle term
    cycle: Array  # translated by the one with it
    truth: Array
    nothing_error: Array
    without_error: Array
    cycle_error: Array
