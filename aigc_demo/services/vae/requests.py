"""What can be asked of the autoencoders: one frozen request per use case, with its bounds and defaults."""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text

ANY = -1  # the digit that means "not said": for a CVAE the judge reads it, or all ten are drawn
SAMPLES = 200  # real digits to pick from, 20 of each class
EMOJI = 24  # colour pictures to pick from
KINDS = ("ae", "vae", "cvae", "beta4")
BETAS = (0.25, 1.0, 2.0, 4.0, 8.0, 16.0)  # that were trained
SHAPE_BETAS = (1, 4, 16)
ODD = ("none", "letter", "face", "shoe", "checks", "noise", "inverted")  # pictures that are not digits
TRAVERSE = (-3.0, -2.25, -1.5, -0.75, 0.0, 0.75, 1.5, 2.25, 3.0)  # values that a latent dimension is given
TOLERANCE = 1e-4  # largest absolute difference of two layers that agree
JUDGE = "judge-digits"  # reads which class a CVAE is told
COLOUR = "kl-emoji"

Digit = Annotated[int, Choice((ANY, *range(10)))]
Seed = Annotated[int, SEED]
Sample = Annotated[int, Range(0, SAMPLES - 1)]
Drawing = Annotated[str, Text(2_000_000)]  # "data:image/png;base64,...", or empty for a real digit
Kind = Annotated[str, Choice(KINDS)]
Code = Annotated[int, Choice((2, 16))]  # numbers in the code
Id = Annotated[str, Text(200)]  # of a checkpoint, such as a person's own; "": that of `kind` and `code`
Coordinate = Annotated[float, Range(-4, 4, 0.01)]


def of_kind(kind: str, code: int) -> str:
    """Id of the digit model of a kind of KINDS with so many numbers in its code."""
    return f"vae-digits-{kind}-2d" if code == 2 else f"vae-digits-{kind}"


def of_all_kinds(code: int) -> tuple[str, ...]:
    """Ids of the models of all kinds, the VAE first."""
    return tuple(of_kind(kind, code) for kind in sorted(KINDS, key=lambda kind: kind != "vae"))


def of_beta(beta: float) -> str:
    """Id of the digit model with sixteen numbers that was trained with this beta of BETAS."""
    return "vae-digits-vae" if beta == 1 else f"vae-digits-beta{beta:g}"


def nearest_beta(beta: float) -> float:
    """The trained beta that is the fewest times larger or smaller; of two the smaller."""
    return min(BETAS, key=lambda trained: (abs(math.log(trained / beta)), trained))


@dataclass(frozen=True)
class Plane(Request):
    """Decode one point of the plane with all four models."""

    queue: ClassVar[str] = "quick"

    x: Coordinate = 0.6
    y: Coordinate = -0.4
    digit: Annotated[int, Choice(tuple(range(10)))] = 3  # for the CVAE


@dataclass(frozen=True)
class Rebuild(Request):
    """Squeeze a digit and rebuild it, with all four models."""

    queue: ClassVar[str] = "quick"

    sample: Sample = 47
    drawing: Drawing = ""
    code: Code = 2
    digit: Digit = ANY
    seed: Seed = 7


@dataclass(frozen=True)
class Walk(Request):
    """Go from one digit to another: straight through the code, along an arc, and by cross-fading pixels."""

    queue: ClassVar[str] = "quick"

    kind: Kind = "vae"
    code: Code = 16
    sample_from: Sample = 61
    drawing_from: Drawing = ""
    sample_to: Sample = 164
    drawing_to: Drawing = ""
    random: bool = False  # both ends are codes drawn from the prior with the seed
    seed: Seed = 7
    frames: Annotated[int, Range(3, 33)] = 11


@dataclass(frozen=True)
class Draw(Request):
    """Decode codes drawn from the prior."""

    queue: ClassVar[str] = "quick"

    kind: Kind = "vae"
    code: Code = 16
    digit: Digit = ANY
    temperature: Annotated[float, Range(0, 3, 0.05)] = 1.0  # deviation of the codes
    seed: Seed = 7
    checkpoint: Id = ""


@dataclass(frozen=True)
class Beta(Request):
    """The same digit at several weights of the KL term; the nearest trained one is used."""

    queue: ClassVar[str] = "quick"

    beta: Annotated[float, Range(0.25, 16, 0.25)] = 4.0
    sample: Sample = 103
    drawing: Drawing = ""


@dataclass(frozen=True)
class Shapes(Request):
    """A drawn shape whose five factors are known: move one number of its code and see which factor answers."""

    queue: ClassVar[str] = "quick"

    beta: Annotated[int, Choice(SHAPE_BETAS)] = 4
    training_seed: Annotated[int, Choice((0, 1, 2))] = 0
    shape: Annotated[str, Choice(("square", "ellipse", "heart"))] = "heart"
    scale: Annotated[int, Range(0, 5)] = 4
    rotation: Annotated[int, Range(0, 39)] = 0
    x: Annotated[int, Range(0, 31)] = 16
    y: Annotated[int, Range(0, 31)] = 16
    dimension: Annotated[int, Range(1, 10)] = 8


@dataclass(frozen=True)
class Anomaly(Request):
    """How likely a picture is as a digit."""

    queue: ClassVar[str] = "quick"

    sample: Sample = 103
    drawing: Drawing = ""
    odd: Annotated[str, Choice(ODD)] = "none"  # before the drawing, before the sample
    seed: Seed = 7


@dataclass(frozen=True)
class Beside(Request):
    """Our KL autoencoder beside diffusers' AutoencoderKL, same weights."""

    sample: Annotated[int, Range(0, EMOJI - 1)] = 0
    picture: Annotated[str, Text(8_000_000)] = ""  # "data:image/...;base64,...", or empty for a shipped emoji
    seed: Seed = 7
