"""What can be asked of the model of clips: one frozen request per use case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated

from aigc_demo.core.params import SEED, Choice, Range, Request

CHECKPOINT = "video-digits"
ANY = -1  # the digit that means "no class"

Digit = Annotated[int, Choice((ANY, *range(10)))]
Seed = Annotated[int, SEED]
Steps = Annotated[int, Range(1, 50)]
Guidance = Annotated[float, Range(0, 10, 0.1)]


@dataclass(frozen=True)
class Draw(Request):
    """A clip of a moving digit out of noise."""

    digit: Digit = 7
    seed: Seed = 3
    steps: Steps = 10
    guidance: Guidance = 7.0


@dataclass(frozen=True)
class Walk(Request):
    """From the noise of one clip to that of another, and every clip between them."""

    digit: Digit = 3
    seed_from: Seed = 1
    seed_to: Seed = 2
    stops: Annotated[int, Range(2, 12)] = 6
    steps: Steps = 10
    guidance: Guidance = 7.0


@dataclass(frozen=True)
class Beside(Request):
    """Our network and the same weights in three-dimensional convolutions of plain PyTorch."""

    digit: Digit = 7
    seed: Seed = 3
    steps: Steps = 10
    guidance: Guidance = 7.0
