"""What can be asked of the language models of characters: one frozen request per use-case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated

from aigc_demo.core.params import SEED, Choice, Range, Text, check

MODELS = ("gpt-shakespeare", "lstm-shakespeare", "gpt-poems", "lstm-poems")  # ids of their checkpoints

Model = Annotated[str, Choice(MODELS)]
Prompt = Annotated[str, Text(4000)]
Temperature = Annotated[float, Range(0, 2, 0.05)]
TopK = Annotated[int, Range(0, 100)]
Share = Annotated[float, Range(0, 1, 0.01)]
Repetition = Annotated[float, Range(1, 2, 0.05)]
Length = Annotated[int, Range(1, 1000)]
Seed = Annotated[int, SEED]


@dataclass(frozen=True)
class Write:
    """Write on from a prompt."""

    prompt: Prompt = "ROMEO:\n"
    temperature: Temperature = 0.8
    length: Length = 300
    model: Model = "gpt-shakespeare"
    top_k: TopK = 0
    top_p: Share = 1.0
    min_p: Share = 0.0
    repetition: Repetition = 1.0
    seed: Seed = 7

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Surgery:
    """The odds of the character after the first `position` ones of a text, on their way through every cut."""

    prompt: Prompt = "ROMEO:\nBut soft, what light through yonder window breaks"
    position: Annotated[int, Range(0, 4000)] = 4000  # at most the length of the text: what comes after it
    temperature: Temperature = 0.8
    model: Model = "gpt-shakespeare"
    top_k: TopK = 10
    top_p: Share = 0.9
    min_p: Share = 0.0
    repetition: Repetition = 1.0

    def __post_init__(self) -> None:
        check(self)
