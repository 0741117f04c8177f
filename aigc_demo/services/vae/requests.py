"""What can be asked of the autoencoders: one frozen request per use-case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated

from aigc_demo.core.params import SEED, Choice, Range, Text, check

ANY = -1  # the digit that means "not said": for a CVAE the judge reads it, or all ten are drawn
SAMPLES = 200  # real digits to pick from, 20 of each class
EMOJI = 24  # colour pictures to pick from
KINDS = ("ae", "vae", "cvae", "beta4")
BETAS = (0.25, 1.0, 2.0, 4.0, 8.0, 16.0)  # that were trained
SHAPE_BETAS = (1, 4, 16)
ODD = ("none", "letter", "face", "shoe", "checks", "noise", "inverted")  # pictures that are not digits

Digit = Annotated[int, Choice((ANY, *range(10)))]
Seed = Annotated[int, SEED]
Sample = Annotated[int, Range(0, SAMPLES - 1)]
Drawing = Annotated[str, Text(2_000_000)]  # "data:image/png;base64,...", or empty for a real digit
Kind = Annotated[str, Choice(KINDS)]
Code = Annotated[int, Choice((2, 16))]  # numbers in the code
Coordinate = Annotated[float, Range(-4, 4, 0.01)]


@dataclass(frozen=True)
class Plane:
    """Decode one point of the plane with all four models."""

    x: Coordinate = 0.6
    y: Coordinate = -0.4
    digit: Annotated[int, Choice(tuple(range(10)))] = 3  # for the CVAE

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Rebuild:
    """Squeeze a digit and rebuild it, with all four models."""

    sample: Sample = 47
    drawing: Drawing = ""
    code: Code = 2
    digit: Digit = ANY
    seed: Seed = 7

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Walk:
    """Go from one digit to another: straight through the code, along an arc, and by cross-fading pixels."""

    kind: Kind = "vae"
    code: Code = 16
    sample_from: Sample = 61
    drawing_from: Drawing = ""
    sample_to: Sample = 164
    drawing_to: Drawing = ""
    random: bool = False  # both ends are codes drawn from the prior with the seed
    seed: Seed = 7
    frames: Annotated[int, Range(3, 33)] = 11

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Draw:
    """Decode codes drawn from the prior."""

    kind: Kind = "vae"
    code: Code = 16
    digit: Digit = ANY
    temperature: Annotated[float, Range(0, 3, 0.05)] = 1.0  # deviation of the codes
    seed: Seed = 7

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Beta:
    """The same digit at several weights of the KL term; the nearest trained one is used."""

    beta: Annotated[float, Range(0.25, 16, 0.25)] = 4.0
    sample: Sample = 103
    drawing: Drawing = ""

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Shapes:
    """A drawn shape whose five factors are known: move one number of its code and see which factor answers."""

    beta: Annotated[int, Choice(SHAPE_BETAS)] = 4
    training_seed: Annotated[int, Choice((0, 1, 2))] = 0
    shape: Annotated[str, Choice(("square", "ellipse", "heart"))] = "heart"
    scale: Annotated[int, Range(0, 5)] = 4
    rotation: Annotated[int, Range(0, 39)] = 0
    x: Annotated[int, Range(0, 31)] = 16
    y: Annotated[int, Range(0, 31)] = 16
    dimension: Annotated[int, Range(1, 10)] = 8

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Anomaly:
    """How likely a picture is as a digit."""

    sample: Sample = 103
    drawing: Drawing = ""
    odd: Annotated[str, Choice(ODD)] = "none"  # before the drawing, before the sample
    seed: Seed = 7

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Beside:
    """Our KL autoencoder beside diffusers' AutoencoderKL, same weights."""

    sample: Annotated[int, Range(0, EMOJI - 1)] = 0
    picture: Annotated[str, Text(8_000_000)] = ""  # "data:image/...;base64,...", or empty for a shipped emoji
    seed: Seed = 7

    def __post_init__(self) -> None:
        check(self)
