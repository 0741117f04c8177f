"""What can be asked of a pretrained language model: one frozen request per use-case, with its bounds and defaults."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import SEED, Choice, Range, Request, Text

ENGINES = ("int8", "ours", "transformers")  # our own Llama with a byte per weight, in float32, and the library's
LANGUAGES = ("french", "german", "spanish", "italian", "english", "chinese")
SMOLLM2 = "SmolLM2-135M-Instruct"
CONTEXT = 2048  # tokens that are looked back on; the model has room for more, a CPU has not the time

Engine = Annotated[str, Choice(ENGINES)]
Name = Annotated[str, Text(200)]  # hub id; empty: SmolLM2
Temperature = Annotated[float, Range(0, 2, 0.05)]
TopK = Annotated[int, Range(0, 100)]
Share = Annotated[float, Range(0, 1, 0.01)]
Repetition = Annotated[float, Range(1, 2, 0.05)]
Length = Annotated[int, Range(1, 1000)]
Seed = Annotated[int, SEED]
Long = Annotated[str, Text(12_000)]
Message = tuple[str, str]  # role (system, user or assistant) and text

ROLES = ("user", "assistant")
TURNS, LONGEST, WHOLE = 200, 40_000, 300_000  # of a conversation: turns, characters of one, and of all together
HISTORY = 40_000  # characters of a conversation as JSON


def turns(value: Any) -> list[Message]:
    """A conversation as the page sends it, [{"role": ..., "content": ...}, ...]; BadRequestError where it is none."""
    found = []
    for turn in value if isinstance(value, list) else [value] if value else []:
        role, text = (turn.get("role"), turn.get("content")) if isinstance(turn, dict) else (None, None)
        if role not in ROLES or not isinstance(text, str) or len(text) > LONGEST:
            raise BadRequestError("chat_broken")
        found.append((role, text))
    if len(found) > TURNS or sum(len(text) for _, text in found) > WHOLE:
        raise BadRequestError("chat_broken")
    return found


def plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Turns as JSON objects; the inverse of `turns`."""
    return [{"role": role, "content": text} for role, text in messages]


def read(history: str) -> list[Message]:
    """The turns of the field `history`; BadRequestError where it is neither empty nor a conversation."""
    try:
        return turns(json.loads(history or "[]"))
    except (ValueError, RecursionError):
        raise BadRequestError("chat_broken") from None


def written(messages: Sequence[Message]) -> str:
    """The inverse of `read`, without the oldest turns where they are too many."""
    kept = list(messages[-TURNS:])
    while len(text := json.dumps(plain(kept), ensure_ascii=False)) > HISTORY:
        kept = kept[1:]
    return text


@dataclass(frozen=True)
class Chat(Request):
    """Say something; `history` is the conversation so far."""

    message: Annotated[str, Text(8000)] = "What is the capital of France, and what is it known for?"
    system: Annotated[str, Text(2000)] = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
    engine: Engine = "int8"
    temperature: Temperature = 0.2
    length: Length = 200
    top_k: TopK = 0
    top_p: Share = 0.9
    min_p: Share = 0.0
    repetition: Repetition = 1.0
    name: Name = ""
    seed: Seed = 7
    history: Annotated[str, Text(HISTORY)] = ""  # JSON: [{"role": "user" or "assistant", "content": ...}, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        read(self.history)


@dataclass(frozen=True)
class Summarise(Request):
    """Make a text short: its summary in a few sentences."""

    text: Long = (
        "The Great Wall of China is a series of fortifications that were built across the historical northern borders "
        "of ancient Chinese states as protection against nomadic groups from the steppe. Several walls were built from "
        "as early as the 7th century BC, with selective stretches later joined by Qin Shi Huang, the first emperor of "
        "China. Little of the Qin wall remains. Later on, many successive dynasties built and maintained multiple "
        "stretches of border walls. The best-known sections of the wall were built by the Ming dynasty between 1368 "
        "and 1644. Apart from defence, other purposes of the Great Wall have included border controls, the imposition "
        "of duties on goods transported along the Silk Road, and the control of immigration and emigration."
    )
    sentences: Annotated[int, Range(1, 10)] = 2
    engine: Engine = "int8"
    temperature: Temperature = 0.0
    length: Length = 120
    name: Name = ""
    seed: Seed = 7


@dataclass(frozen=True)
class Ask(Request):
    """A question that a text answers."""

    query: Annotated[str, Text(1000)] = "Who built the best-known sections of the wall, and when?"
    context: Long = Summarise.text
    engine: Engine = "int8"
    temperature: Temperature = 0.0
    length: Length = 80
    name: Name = ""
    seed: Seed = 7


@dataclass(frozen=True)
class Translate(Request):
    """Translate a text into the language that is chosen."""

    text: Long = "The weather is beautiful today. We are going to the sea."
    language: Annotated[str, Choice(LANGUAGES)] = "french"
    engine: Engine = "int8"
    temperature: Temperature = 0.0
    length: Length = 120
    name: Name = ""
    seed: Seed = 7


@dataclass(frozen=True)
class Beside(Request):
    """Our Llama and transformers', same weights, the likeliest token always."""

    prompt: Annotated[str, Text(4000)] = "Tell me a short story about a fox and a river."
    length: Annotated[int, Range(1, 100)] = 32
