"""What the GAN use-cases give back: plain numbers, arrays and texts. N samples, S side of the critic's map.

Pictures are uint8 (N, H, W, C) with one or three channels.
"""

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


Pictures = npt.NDArray[np.uint8]  # (N, H, W, C)


@dataclass(frozen=True)
class Drawn:
    """Pictures, and the seed of each."""

    pictures: Pictures
    seeds: tuple[int, ...]
    digits: tuple[int, ...]  # asked for; empty where the model has no classes


@dataclass(frozen=True)
class Way:
    """Two ways between two pictures, and how long the noise is on each. A circle has one way, `arc`."""

    straight: Pictures  # (F, H, W, C), or none
    arc: Pictures
    straight_norm: Array  # (F,), or none
    arc_norm: Array
    usual: tuple[float, float]  # length of noise: 2.5 % and 97.5 % of what is drawn lies below


@dataclass(frozen=True)
class Mixed:
    """a, b, c and the result; then the way there, from strength 0 on."""

    pictures: Pictures  # (4, H, W, C): a, b, c, a - b + c made as long as c
    raw: Pictures  # (1, H, W, C): the same without its length mended
    way: Pictures  # (STOPS, H, W, C) from c to the asked strength
    norms: tuple[float, ...]  # length of a, b, c and of the raw result
    usual: tuple[float, float]  # as of Way


@dataclass(frozen=True)
class Verdict:
    """Scores of made and of real pictures, each from the lowest to the highest."""

    made: Pictures
    made_scores: Array  # (N,)
    made_wish: Array  # (N, H, W) in [-1, 1]: where the critic wants it lighter (1) or darker (-1), the strongest is 1
    seeds: tuple[int, ...]  # of the made ones
    digits: tuple[int, ...]  # asked for; empty where the model has no classes
    real: Pictures
    real_scores: Array  # (M,)
    fooled: float  # share of made pictures that score above the middle real one
    told: float  # share of pairs, one made and one real, in which the real one scores higher; guessing is right in half


@dataclass(frozen=True)
class Player:
    """One model of the comparison."""

    model: str  # of MODELS
    pictures: Pictures  # the first SHOWN of those that were read
    read: tuple[int, ...]  # what the judge read in each shown one
    counts: tuple[int, ...]  # (10,) how often it read each class in all of them


@dataclass(frozen=True)
class Lineup:
    """Every model of digits from the same seeds."""

    players: tuple[Player, ...]
    seeds: tuple[int, ...]  # of the shown pictures
    count: int  # pictures of each model that were read
