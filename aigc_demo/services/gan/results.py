"""What the GAN use-cases give back: plain numbers, arrays and texts. N samples, S side of the critic's map."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
REACH = 1.4  # the plot goes from -REACH to REACH, both ways


@dataclass(frozen=True)
class Frame:
    """A moment of a training."""

    step: int  # turns so far
    real: Array  # (N, 2), the same in every frame
    fake: Array  # (N, 2), always of the same noise
    pull: Array  # (A, 2), where the first A of them would go to fool the critic, the longest of length 1
    critic: Array  # (S, S) in [-1, 1], 1 where the critic is surest of a real sample; the first row is the lowest
    grid: Array  # (K, K, 2), a square net of noise as the generator bends it
    loss_critic: float  # mean since the last frame
    loss_generator: float
    distance: float  # sliced Wasserstein distance between fake and real
    floor: float  # the same between real and as many other real points
    modes: int  # clouds of the grid that are reached; -1 for other sets
    on_target: float  # share of samples that lie in one of them; -1 for other sets


@dataclass(frozen=True)
class Saved:
    """A training between two presses, without anything of torch."""

    start: tuple[str, str, str, int]  # what it began from, see Points.start
    step: int
    arrays: dict[str, npt.NDArray[np.generic]]  # weights, optimisers, random numbers
    frames: tuple[Frame, ...]  # seen so far, thinned out
    plain: bool = True  # whether its request makes it again: no rate was changed on the way, both sides took turns


@dataclass(frozen=True)
class Moment:
    """What is there to see, and what to go on from."""

    frame: Frame
    saved: Saved
    speed: float  # turns a second, 0 before the first
