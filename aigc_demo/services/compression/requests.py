"""What can be asked of the compression of networks: one frozen request per use case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text

DIGITS, JUDGE, GPT = SHIPPED = ("diffusion-digits", "judge-digits", "gpt-shakespeare")  # ids of their checkpoints
SMOLLM2 = "smollm2-135m"  # is fetched, see services/hf_text; no checkpoint of the catalogue
MODELS = (*SHIPPED, SMOLLM2)
BITS = (32, 16, 8, 4, 3, 2)
CHANNEL, MATRIX = GRANULARITIES = ("channel", "matrix")  # what has a grid of its own
WEIGHTS, CHANNELS = STRUCTURES = ("weights", "channels")  # what is left out
STEPS = 5  # of a run of the first two: opened, made smaller, measured before and after, timed
FEW_BITS = (4, 3, 2)
STUDENT, ALONE = "gpt-shakespeare-student", "gpt-shakespeare-small"  # both a third of GPT, which taught the first
TRIO = (GPT, STUDENT, ALONE)
PASSAGE = "BAPTISTA:\nHow now, my friend! why dost thou look so pale?\n\nHORTENSIO:\nFor fear"  # held out

Model = Annotated[str, Choice(MODELS)]
Seed = Annotated[int, SEED]


@dataclass(frozen=True)
class Bits(Request):
    """A network with fewer bits a weight, beside itself."""

    model: Model = DIGITS
    bits: Annotated[int, Choice(BITS)] = 4
    granularity: Annotated[str, Choice(GRANULARITIES)] = CHANNEL
    seed: Seed = 7


@dataclass(frozen=True)
class Prune(Request):
    """A network without some of its weights, beside itself."""

    model: Model = GPT
    share: Annotated[float, Range(0, 0.95, 0.05)] = 0.5
    structure: Annotated[str, Choice(STRUCTURES)] = WEIGHTS
    seed: Seed = 7


@dataclass(frozen=True)
class Tune(Request):
    """The GPT without some of its weights, and what is left of it trained on."""

    queue: ClassVar[str] = "device"

    share: Annotated[float, Range(0.1, 0.95, 0.05)] = 0.7
    structure: Annotated[str, Choice(STRUCTURES)] = WEIGHTS
    updates: Annotated[int, Range(5, 100, 5)] = 30  # of 1,024 characters each
    seed: Seed = 7


@dataclass(frozen=True)
class Gptq(Request):
    """The GPT's layers by GPTQ, beside round to nearest with as many bits."""

    queue: ClassVar[str] = "device"

    bits: Annotated[int, Choice(FEW_BITS)] = 2
    texts: Annotated[int, Range(1, 32)] = 16  # of CONTEXT characters, to calibrate with
    seed: Seed = 7


@dataclass(frozen=True)
class Beside(Request):
    """A byte per weight: ours, and torch's dynamic quantisation of the same network."""

    batch: Annotated[int, Choice((1, 16))] = 1


@dataclass(frozen=True)
class Distil(Request):
    """The GPT, a third of it that learned from it, and the same third that learned alone, on the same text."""

    queue: ClassVar[str] = "device"

    prompt: Annotated[str, Text(100, tidy=True)] = PASSAGE
    temperature: Annotated[float, Range(1, 6, 0.5)] = 2.0  # T, which flattens what each of them expects
    seed: Seed = 7
