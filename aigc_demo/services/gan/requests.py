"""What can be asked of the GANs: one frozen request per use case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text

SETS = ("grid", "ring", "spiral", "line", "drawn")
LOSSES = ("relativistic", "wasserstein_slope", "wasserstein_clip", "least_squares", "logistic")
MOST = 20_000  # generator updates of one training, all presses together

MODELS = ("r3", "conditional", "wgan-gp", "wgan-clip", "dcgan", "mlp", "collapsed", "colour")  # trained on pictures
DIGIT_MODELS = MODELS[:-1]
CONDITIONAL = "conditional"  # the model that can be asked for a class
JUDGE = "judge-digits"  # the checkpoint that reads digits
SHOWN = 16  # pictures of each model in the comparison
ANY = -1  # the class that means: each picture one of its own
FREE = 4.0  # limit of the noise from which on it counts as none


def checkpoint(model: str) -> str:
    """The checkpoint of a model of MODELS."""
    return "gan-colour" if model == "colour" else f"gan-digits-{model}"


Rate = Annotated[float, Range(0, 0.1, 0.0001)]


@dataclass(frozen=True)
class Points(Request):
    """Train a generator against a critic on points of the plane."""

    queue: ClassVar[str] = "gan"

    data: Annotated[str, Choice(SETS)] = "grid"
    loss: Annotated[str, Choice(LOSSES)] = "relativistic"
    turns: Annotated[int, Range(1, MOST)] = 2000  # generator updates
    rate_generator: Rate = 0.002
    rate_critic: Rate = 0.002
    updates: Annotated[int, Range(1, 10)] = 1  # of the critic, for one of the generator
    seed: Annotated[int, SEED] = 7
    drawing: Annotated[str, Text(1_000_000)] = ""  # "0.1,-0.25; 0.12,-0.2", for the set drawn by hand

    @property
    def start(self) -> tuple[str, str, str, int]:
        """What a training cannot change on the way; another one begins anew."""
        return self.data, self.drawing if self.data == "drawn" else "", self.loss, self.seed


Model = Annotated[str, Choice(MODELS)]
Digit = Annotated[int, Choice(tuple(range(10)))]
AnyDigit = Annotated[int, Choice((ANY, *range(10)))]  # asked of the conditional model; the others know no classes
Seed = Annotated[int, SEED]
Limit = Annotated[float, Range(0.05, FREE, 0.05)]  # no number of the noise is further from 0
Id = Annotated[str, Text(200)]  # of a checkpoint, such as a person's own; "": that of `model`


def asked(request: "Draw | Walk | Mix") -> str:
    """The checkpoint that a request is answered with."""
    return request.checkpoint or checkpoint(request.model)


@dataclass(frozen=True)
class Draw(Request):
    """Draw pictures; picture i is that of seed + i."""

    queue: ClassVar[str] = "quick"

    model: Model = "r3"
    seed: Seed = 7
    count: Annotated[int, Range(1, 100)] = 64
    limit: Limit = FREE
    digit: AnyDigit = ANY
    checkpoint: Id = ""


POOL = Draw(seed=0, count=32)  # what the parts of a sum are chosen from


@dataclass(frozen=True)
class Walk(Request):
    """Go from the picture of one seed to that of another: straight and along the sphere, or once around a circle."""

    queue: ClassVar[str] = "quick"

    model: Model = "r3"
    seed_from: Seed = 15
    seed_to: Seed = 28
    circle: bool = False  # through both and back
    frames: Annotated[int, Range(2, 120)] = 25
    limit: Limit = FREE
    digit: AnyDigit = ANY
    checkpoint: Id = ""


@dataclass(frozen=True)
class Mix(Request):
    """Calculate with the noise of three pictures: a - b + c."""

    queue: ClassVar[str] = "quick"

    model: Model = "r3"
    seed_a: Seed = 12
    seed_b: Seed = 27
    seed_c: Seed = 9
    strength: Annotated[float, Range(0, 2, 0.05)] = 1.0  # c + strength (a - b)
    digit: AnyDigit = ANY
    checkpoint: Id = ""


@dataclass(frozen=True)
class Classes(Request):
    """The conditional model: every class from the same noise. A row per class, a column per seed."""

    queue: ClassVar[str] = "quick"

    seed: Seed = 7
    columns: Annotated[int, Range(1, 12)] = 8
    limit: Limit = FREE


@dataclass(frozen=True)
class Morph(Request):
    """The conditional model: from one class to another at one noise."""

    queue: ClassVar[str] = "quick"

    seed: Seed = 0
    digit_from: Digit = 4
    digit_to: Digit = 9
    frames: Annotated[int, Range(2, 120)] = 25
    limit: Limit = FREE


@dataclass(frozen=True)
class Critic(Request):
    """What a model's critic says of its generator's pictures and of real ones."""

    queue: ClassVar[str] = "quick"

    model: Model = "r3"
    seed: Seed = 7
    count: Annotated[int, Range(8, 200)] = 100  # pictures of each side


@dataclass(frozen=True)
class Compare(Request):
    """Every model of digits, from the same seeds."""

    queue: ClassVar[str] = "quick"

    seed: Seed = 7
    count: Annotated[int, Range(10, 200)] = 100  # pictures per model that the judge reads
