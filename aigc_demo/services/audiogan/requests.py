"""What can be asked of the audiogan family: one frozen request per use case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text
from aigc_demo.sampling.names import SAMPLERS

CHECKPOINT, GAN, CLASSIFIER = "audiogan-fsdd-codes", "wavegan-fsdd", "judge-sounds"

Digit = Annotated[int, Choice(tuple(range(10)))]
Seed = Annotated[int, SEED]
Sampler = Annotated[str, Choice(SAMPLERS)]
Guidance = Annotated[float, Range(0, 10, 0.1)]
Steps = Annotated[int, Range(1, 100)]
Rounds = Annotated[int, Range(0, 100)]  # of Griffin and Lim's iteration


@dataclass(frozen=True)
class Draw(Request):
    """A spoken digit out of noise."""

    digit: Digit = 7
    seed: Seed = 7
    steps: Steps = 12
    sampler: Sampler = "ddim"
    guidance: Guidance = 2.0
    rounds: Rounds = 32


@dataclass(frozen=True)
class Walk(Request):
    """Go from the noise of one seed to the noise of another, and hear every stop."""

    digit: Digit = 3
    seed_from: Seed = 1
    seed_to: Seed = 2
    stops: Annotated[int, Range(2, 16)] = 8
    steps: Annotated[int, Range(1, 50)] = 10
    guidance: Guidance = 2.0


@dataclass(frozen=True)
class Pad(Request):
    """All ten digits from one seed."""

    seed: Seed = 7
    steps: Annotated[int, Range(1, 50)] = 10
    guidance: Guidance = 2.0


@dataclass(frozen=True)
class Wave(Request):
    """Samples in one go by WaveGAN, from the noise of one seed to that of another."""

    queue: ClassVar[str] = "quick"

    digit: Digit = 3
    seed_from: Seed = 1
    seed_to: Seed = 2
    stops: Annotated[int, Range(2, 16)] = 8


@dataclass(frozen=True)
class Both(Request):
    """The same digit by WaveGAN and by diffusion, and what the classifier hears in each."""

    digit: Digit = 3
    seed: Seed = 1  # the first of the sounds of each
    sounds: Annotated[int, Range(1, 8)] = 4
    steps: Annotated[int, Range(1, 50)] = 12
    guidance: Guidance = 2.0


@dataclass(frozen=True)
class Judge(Request):
    """What the classifier hears in a recording, and the training sound nearest to it."""

    queue: ClassVar[str] = "quick"

    recording: Annotated[str, Text(8_000_000)] = ""  # "data:audio/wav;base64,...", or empty for a made one
    digit: Digit = 7
    seed: Seed = 7


@dataclass(frozen=True)
class Shuffle(Request):
    """Phase shuffle: how WaveGAN's critic scores one sound moved by 0 to 63 samples, with random moves and without."""

    queue: ClassVar[str] = "quick"

    shuffle: bool = True
    most: Annotated[int, Range(1, 4)] = 2  # positions by which a layer's maps may be moved; the critic learned with 2
    draws: Annotated[int, Range(1, 32)] = 8  # of the moves
    recording: Annotated[str, Text(8_000_000)] = ""  # "data:audio/wav;base64,...", or empty for a made one
    digit: Digit = 3
    seed: Seed = 1  # of the made sound, and of the moves


@dataclass(frozen=True)
class Beside(Request):
    """Our network and sampler beside plain PyTorch and diffusers' schedulers."""

    digit: Digit = 7
    seed: Seed = 7
    steps: Annotated[int, Range(1, 50)] = 20
    sampler: Sampler = "ddim"
    guidance: Guidance = 2.0
