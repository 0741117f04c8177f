"""What can be asked of the training room: one frozen request per use case, bounds and defaults."""

import os
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
    "text2image-student",
    "kl-emoji",
    "kl-scenes",
    "vqvae-scenes",
    "clip-scenes",
    "gpt-shakespeare",
    "gpt-shakespeare-student",
    "gpt-shakespeare-small",
    "gpt-poems",
    "gpt-chorales",
    "dalle-scenes",
    "seq2seq-couplets",
)
DIGITS, EMOJI, OWN = PICTURES = ("digits", "emoji", "own")  # pictures: handwritten, faces and animals, a person's own
SHAPES = "shapes"  # white on black, as many as are wanted
VAE, DIFFUSION, GAN = KINDS = ("vae", "diffusion", "gan")
WIDTHS = (16, 24, 32)  # feature maps of the first layer
THIN = (32, 64, 96)  # width of a GPT
LAYERS = (1, 2, 4)
SPANS = (64, 128)  # characters that it looks back on
CORPUS = 1_000_000  # characters of a text, at most
FEW = (2, 5, 10, 25)  # digits of each class to learn from
OBJECTIVES = ("masked", "next", "contrastive")


def longest(default: float = 5.0) -> float:
    """Most minutes of one press: AIGC_TRAIN_MINUTES, between 0.1 and 60, or the default."""
    try:
        asked = float(os.environ.get("AIGC_TRAIN_MINUTES", ""))
    except ValueError:
        return default
    return min(max(asked, 0.1), 60.0) if asked == asked else default


MINUTES = longest()

Seed = Annotated[int, SEED]
Strength = Annotated[float, Range(0, 1, 0.05)]


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


@dataclass(frozen=True)
class Augment(Request):
    """A batch of pictures before and after augmentation, and what that does for a classifier with few pictures."""

    queue: ClassVar[str] = "train"

    pictures: Annotated[str, Choice(PICTURES)] = DIGITS
    crop: Annotated[float, Range(0, 0.5, 0.05)] = 0.3
    flip: Strength = 0.0
    rotate: Annotated[int, Range(0, 180, 5)] = 15
    scale: Annotated[float, Range(0, 0.5, 0.05)] = 0.2
    colour: Strength = 0.0
    noise: Annotated[float, Range(0, 0.5, 0.05)] = 0.0
    cut: Annotated[float, Range(0, 0.6, 0.05)] = 0.0
    few: Annotated[int, Choice(FEW)] = 10  # digits of each class
    lessons: Annotated[int, Range(0, 400, 50)] = 200  # of the classifier; 0: only the pictures
    seed: Seed = 7


@dataclass(frozen=True)
class Train(Request):
    """Train a small model on pictures for minutes, from nothing."""

    queue: ClassVar[str] = "train"

    pictures: Annotated[str, Choice((DIGITS, EMOJI, SHAPES, OWN))] = EMOJI
    model: Annotated[str, Choice(KINDS)] = VAE
    minutes: Annotated[float, Range(0.05, MINUTES, 0.05)] = min(1.0, MINUTES)  # of one press
    rate: Annotated[float, Range(0.1, 1000, 0.1)] = 1.0  # times the learning rate of the recipe
    batch: Annotated[int, Choice((8, 16, 32, 64))] = 32
    width: Annotated[int, Choice(WIDTHS)] = 24
    seed: Seed = 7


@dataclass(frozen=True)
class Gpt(Request):
    """Train a small GPT on a text for minutes, from nothing."""

    queue: ClassVar[str] = "train"

    text: Annotated[str, Text(CORPUS)] = ""  # empty: plays of Shakespeare
    minutes: Annotated[float, Range(0.05, MINUTES, 0.05)] = min(1.0, MINUTES)  # of one press
    rate: Annotated[float, Range(0.1, 100, 0.1)] = 1.0  # times the learning rates of the recipe
    width: Annotated[int, Choice(THIN)] = 64
    layers: Annotated[int, Choice(LAYERS)] = 2
    span: Annotated[int, Choice(SPANS)] = 64
    pieces: Annotated[int, Choice((8, 16, 32))] = 16  # of text in an update
    prompt: Annotated[str, Text(200, tidy=True)] = ""  # what samples begin with; empty: the start of the held-out part
    every: Annotated[int, Range(5, 200, 5)] = 25  # updates between two samples
    temperature: Annotated[float, Range(0, 2, 0.05)] = 0.8
    seed: Seed = 7


@dataclass(frozen=True)
class Selfsup(Request):
    """Train an encoder on pictures without labels, then read its features with a linear classifier."""

    queue: ClassVar[str] = "train"

    objective: Annotated[str, Choice(OBJECTIVES)] = "contrastive"
    labels: Annotated[int, Choice(FEW)] = 10  # of each class, for the linear classifier and the supervised network
    rounds: Annotated[int, Range(50, 600, 50)] = 200  # updates
    hidden: Annotated[float, Range(0.1, 0.9, 0.05)] = 0.6  # share of the patches, for masked
    tau: Annotated[float, Range(0.05, 1, 0.05)] = 0.2  # temperature, for contrastive
    seed: Seed = 7
