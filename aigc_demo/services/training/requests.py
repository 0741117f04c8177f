"""What can be asked of the training room: one frozen request per use case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import SEED, Choice, Range, Request, Text

SETS = ("grid", "ring", "spiral", "line", "drawn")
LANES = ("gan", "wgan_gp", "vae", "diffusion", "flow")
MOST = 4  # lanes of a race
EVERY = "every"
PAIRED = (  # ids of the checkpoints with a network that a library has, too
    "diffusion-digits",
    "text2image-scenes",
    "kl-emoji",
    "kl-scenes",
    "vqvae-scenes",
    "clip-scenes",
    "gpt-shakespeare",
    "gpt-poems",
    "gpt-chorales",
    "dalle-scenes",
    "seq2seq-couplets",
)
Seed = Annotated[int, SEED]


@dataclass(frozen=True)
class Race(Request):
    """Train up to four kinds of model on the same points of the plane, with the same seconds of a processor core."""

    queue: ClassVar[str] = "gan"

    data: Annotated[str, Choice(SETS)] = "grid"
    gan: bool = True
    wgan_gp: bool = False
    vae: bool = True
    diffusion: bool = True
    flow: bool = True
    seconds: Annotated[float, Range(0.5, 20, 0.5)] = 4  # of a core, for each lane
    seed: Seed = 7
    drawing: Annotated[str, Text(1_000_000)] = ""  # "0.1,-0.25; 0.12,-0.2", for the set drawn by hand

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.lanes:
            raise BadRequestError("no_lane")
        if len(self.lanes) > MOST:
            raise BadRequestError("many_lanes", most=MOST)

    @property
    def lanes(self) -> tuple[str, ...]:
        """Names of the models that take part, in the order of LANES."""
        return tuple(name for name in LANES if getattr(self, name))


@dataclass(frozen=True)
class Horses(Request):
    """Read the power law of loss that was fitted to trainings of a small GPT."""

    queue: ClassVar[str] = "quick"

    parameters: Annotated[int, Range(5, 1000, 5)] = 200  # thousands
    tokens: Annotated[int, Range(100, 10_000, 100)] = 1000  # thousands of characters seen
    budget: Annotated[int, Range(5, 1000, 5)] = 60  # seconds of one core, to be split in the best way


@dataclass(frozen=True)
class Parity(Request):
    """Every network that a library has too, beside it."""

    queue: ClassVar[str] = "device"

    model: Annotated[str, Choice((EVERY, *PAIRED))] = EVERY
    seed: Seed = 7
