"""What can be asked of the language models of characters: one frozen request per use-case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import SEED, Choice, Range, Request, Text
from aigc_demo.data.poem_text import FORMS

MODELS = ("gpt-shakespeare", "lstm-shakespeare", "gpt-poems", "lstm-poems")  # ids of their checkpoints

STARTS = {  # of the models -> what they are given to go on from, until somebody types something else
    "gpt-shakespeare": "ROMEO:\n",
    "lstm-shakespeare": "ROMEO:\n",
    "gpt-poems": "长江一夜秋风起，",
    "lstm-poems": "长江一夜秋风起，",
}
ENDS = {"gpt-poems": "\n", "lstm-poems": "\n"}  # what ends a text of these models; one of Shakespeare's never ends
GPTS = ("gpt-shakespeare", "gpt-poems")  # those with attention
TEXTS = ("shakespeare", "poems")  # what a GPT and an LSTM were both trained on
MISTAKES = ("none", "untied_head", "positions_shifted", "no_causal_mask", "wrong_scaling", "rope_pairs")
POETS = ("gpt-poems", "lstm-poems")
POEM_MODES = ("head", "line", "title")  # words of a person are first characters of the lines, a beginning, a title
SETTINGS = ("model", "temperature", "top_k", "top_p", "min_p", "repetition")  # about how to choose the next token
CORPUS = 1_000_000  # characters of a text to train on, at most
TEMPERATURE = 0.8  # of every use case, unless one asks for another

Model = Annotated[str, Choice(MODELS)]
WithAttention = Annotated[str, Choice(GPTS)]
Prompt = Annotated[str, Text(4000, tidy=True)]
Temperature = Annotated[float, Range(0, 2, 0.05)]
TopK = Annotated[int, Range(0, 100)]
Share = Annotated[float, Range(0, 1, 0.01)]
Repetition = Annotated[float, Range(1, 2, 0.05)]
Length = Annotated[int, Range(1, 1000)]
Seed = Annotated[int, SEED]


@dataclass(frozen=True)
class Write(Request):
    """Continue a prompt by `length` tokens, one after the other."""

    queue: ClassVar[str] = "together"

    prompt: Prompt = "ROMEO:\n"
    temperature: Temperature = TEMPERATURE
    length: Length = 300
    model: Model = "gpt-shakespeare"
    top_k: TopK = 0
    top_p: Share = 1.0
    min_p: Share = 0.0
    repetition: Repetition = 1.0
    seed: Seed = 7
    checkpoint: Annotated[str, Text(200)] = ""  # such as a person's own; "": that of `model`


@dataclass(frozen=True)
class Surgery(Request):
    """The odds of the character after the first `position` ones of a text, on their way through every cut."""

    queue: ClassVar[str] = "quick"

    prompt: Prompt = "ROMEO:\nBut soft, what light through yonder window breaks"
    position: Annotated[int, Range(0, 4000)] = 24  # at most the length of the text: what comes after it
    temperature: Temperature = TEMPERATURE
    model: Model = "gpt-shakespeare"
    top_k: TopK = 10
    top_p: Share = 0.9
    min_p: Share = 0.0
    repetition: Repetition = 1.0
    length: Length = 120  # of a branch
    seed: Seed = 7  # of a branch


@dataclass(frozen=True)
class Poem(Request):
    """A poem of regular form: to a title, from the beginning of its first lines, or with hidden heads (藏头诗)."""

    queue: ClassVar[str] = "writing"

    words: Annotated[str, Text(200, tidy=True)] = "春夏秋冬"
    mode: Annotated[str, Choice(POEM_MODES)] = "head"
    form: Annotated[str, Choice(tuple(FORMS))] = "jueju7"
    temperature: Temperature = TEMPERATURE
    rhymed: bool = True  # even lines must rhyme: what does not is left out of the draw
    model: Annotated[str, Choice(POETS)] = "gpt-poems"
    seed: Seed = 7


@dataclass(frozen=True)
class Attention(Request):
    """Where every head of every layer looks."""

    queue: ClassVar[str] = "quick"

    prompt: Prompt = "ROMEO:\nBut soft, what light through yonder window breaks"
    model: WithAttention = "gpt-shakespeare"


@dataclass(frozen=True)
class Lstm(Request):
    """The GPT and the LSTM write on from the same prompt with the same numbers drawn; what each keeps of it."""

    prompt: Prompt = "ROMEO:\nBut soft, what light through yonder window breaks"
    changed: Annotated[str, Text(100, tidy=True)] = (
        "HENRY"  # what the first word is replaced by, to see how long it is felt
    )
    temperature: Temperature = TEMPERATURE
    length: Annotated[int, Range(1, 400)] = 160
    text: Annotated[str, Choice(TEXTS)] = "shakespeare"
    top_k: TopK = 0
    top_p: Share = 1.0
    min_p: Share = 0.0
    repetition: Repetition = 1.0
    seed: Seed = 7


@dataclass(frozen=True)
class Cache(Request):
    """The same text with the KV cache and without, token by token in turn."""

    prompt: Prompt = "ROMEO:\n"
    length: Annotated[int, Range(10, 240)] = 200
    temperature: Temperature = TEMPERATURE
    model: WithAttention = "gpt-shakespeare"
    seed: Seed = 7


@dataclass(frozen=True)
class Beside(Request):
    """Our network and transformers', same weights, the likeliest token always."""

    prompt: Prompt = "ROMEO:\nBut soft, what light through yonder window breaks"
    mistake: Annotated[str, Choice(MISTAKES)] = "none"
    length: Annotated[int, Range(1, 200)] = 100
    model: WithAttention = "gpt-shakespeare"


@dataclass(frozen=True)
class Tune(Request):
    """Train a GPT further on a text of one's own."""

    queue: ClassVar[str] = "tune"

    text: Annotated[str, Text(CORPUS)] = ""
    model: WithAttention = "gpt-shakespeare"
    minutes: Annotated[float, Range(0.05, 3, 0.05)] = 1.0  # of one press
    rate: Annotated[float, Range(0, 1, 0.0001)] = 0.0005
    prompt: Annotated[str, Text(200, tidy=True)] = ""  # what samples begin with; empty: the start of the held-out part
    every: Annotated[int, Range(5, 100, 5)] = 20  # steps between two samples
    temperature: Temperature = TEMPERATURE
    seed: Seed = 7
