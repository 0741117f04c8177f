"""What can be asked of the diffusion family: one frozen request per use-case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text, clean
from aigc_demo.sampling.names import SAMPLERS

CHECKPOINT = "diffusion-digits"
OWN = f"luoxia/{CHECKPOINT}"  # our own, which opens like a model of the hub but lies here
ANY = -1  # the digit that means "no class"
COUNTS = (3, 5, 10, 20, 50)  # step counts of the sampler comparison
SAMPLES = 200  # real digits to pick from, 20 of each class
MISTAKES = ("timestep_off_by_one", "wrong_scaling", "no_time_embedding", "classes_shifted")

Digit = Annotated[int, Choice((ANY, *range(10)))]
Seed = Annotated[int, SEED]
Steps = Annotated[int, Range(1, 1000)]
Sampler = Annotated[str, Choice(SAMPLERS)]
Guidance = Annotated[float, Range(0, 10, 0.1)]
Level = Annotated[int, Range(0, 999)]
Sample = Annotated[int, Range(0, SAMPLES - 1)]
Drawing = Annotated[str, Text(2_000_000)]  # "data:image/png;base64,...", or empty for a real digit


@dataclass(frozen=True)
class Draw(Request):
    """Draw a digit out of noise."""

    queue: ClassVar[str] = "together"

    digit: Digit = 7
    seed: Seed = 7
    steps: Steps = 20
    sampler: Sampler = "ddim"
    guidance: Guidance = 1.5
    eta: Annotated[float, Range(0, 1, 0.05)] = 0.0
    checkpoint: Annotated[str, Text(200)] = CHECKPOINT  # such as a person's own; "": the one that ships

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "checkpoint", self.checkpoint or CHECKPOINT)


@dataclass(frozen=True)
class Forward(Request):
    """Add noise to a real or drawn digit."""

    queue: ClassVar[str] = "quick"

    sample: Sample = 140
    drawing: Drawing = ""
    seed: Seed = 7
    level: Level = 400


@dataclass(frozen=True)
class Redraw(Request):
    """Noise a picture up to a level, then denoise it from there."""

    queue: ClassVar[str] = "together"

    sample: Sample = 140
    drawing: Drawing = ""
    level: Level = 600
    digit: Digit = ANY
    seed: Seed = 7
    steps: Steps = 20
    sampler: Sampler = "ddim"
    guidance: Guidance = 1.5


@dataclass(frozen=True)
class Walk(Request):
    """Go from the noise of one seed to the noise of another, and draw every stop."""

    digit: Digit = 3
    seed_from: Seed = 1
    seed_to: Seed = 2
    frames: Annotated[int, Range(2, 64)] = 16
    steps: Annotated[int, Range(1, 50)] = 10
    sampler: Sampler = "dpmpp"
    guidance: Guidance = 1.5


@dataclass(frozen=True)
class Grid(Request):
    """Every digit from the same seeds: class by seed."""

    seed: Seed = 0
    seeds: Annotated[int, Range(1, 10)] = 6
    steps: Annotated[int, Range(1, 50)] = 10
    sampler: Sampler = "dpmpp"
    guidance: Guidance = 1.5


@dataclass(frozen=True)
class Samplers(Request):
    """All samplers from one noise, at several step counts."""

    queue: ClassVar[str] = "together"

    digit: Digit = 5
    seed: Seed = 7
    guidance: Guidance = 1.5


@dataclass(frozen=True)
class Cut(Request):
    """A run of few steps against a longer run that is cut after as many."""

    queue: ClassVar[str] = "together"

    digit: Digit = 5
    seed: Seed = 7
    few: Annotated[int, Range(1, 50)] = 10
    many: Annotated[int, Range(2, 100)] = 50  # not fewer than `few`
    sampler: Sampler = "ddim"
    guidance: Guidance = 1.5

    def __post_init__(self) -> None:
        super().__post_init__()
        clean("many", int, Range(self.few, 100), self.many)


@dataclass(frozen=True)
class Beside(Request):
    """Our network and sampler beside diffusers, same weights and noise."""

    digit: Digit = 7
    seed: Seed = 7
    steps: Annotated[int, Range(1, 100)] = 20
    sampler: Sampler = "ddim"
    guidance: Guidance = 1.5
    mistake: Annotated[str, Choice(("none", *MISTAKES))] = "none"


@dataclass(frozen=True)
class Hub(Request):
    """Draw with a DDPM or DDIM model of the hub, through our own network and sampler."""

    name: Annotated[str, Text(200)] = OWN  # the only one that needs no network
    seed: Seed = 7
    steps: Annotated[int, Range(1, 200)] = 20
    sampler: Sampler = "ddim"
    timesteps: Annotated[str, Choice(("trailing", "own"))] = "trailing"  # own: spaced as the model's files say
