"""What can be asked of the model of clips: one frozen request per use case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text

CHECKPOINT = "video-digits"
FORECASTER = "convlstm-digits"
SAMPLES = 200  # real digits to pick from, 20 of each class
ANY = -1  # the digit that means "no class"
NONE = -1  # the second digit that means "one digit alone"

Digit = Annotated[int, Choice((ANY, *range(10)))]
Seed = Annotated[int, SEED]
Steps = Annotated[int, Range(1, 50)]
Guidance = Annotated[float, Range(0, 10, 0.1)]


@dataclass(frozen=True)
class Draw(Request):
    """A clip of one or two moving digits out of noise."""

    digit: Digit = 3
    second: Annotated[int, Choice((NONE, *range(10)))] = 7  # another digit in the same frames, -1 for none
    seed: Seed = 37
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
class Forecast(Request):
    """Continue the first frames of a digit, or of one's own drawing, that flies in a direction and at a speed."""

    queue: ClassVar[str] = "quick"

    sample: Annotated[int, Range(0, SAMPLES - 1)] = 40
    drawing: Annotated[str, Text(2_000_000)] = ""  # "data:image/png;base64,...", or empty for a real digit
    direction: Annotated[int, Range(0, 355, 5)] = 30  # degrees: 0 to the right, 90 upwards
    speed: Annotated[float, Range(0, 3, 0.1)] = 1.5  # pixels per frame
    start_x: Annotated[float, Range(0, 1, 0.05)] = 0.4  # where it starts, from the left edge to the right one
    start_y: Annotated[float, Range(0, 1, 0.05)] = 0.6  # from the upper edge to the lower one
    given: Annotated[int, Range(2, 8)] = 4  # frames
    ahead: Annotated[int, Range(1, 24)] = 12  # frames that are continued


@dataclass(frozen=True)
class Beside(Request):
    """Our network and the same weights in three-dimensional convolutions of plain PyTorch."""

    digit: Digit = 7
    seed: Seed = 3
    steps: Steps = 10
    guidance: Guidance = 7.0
