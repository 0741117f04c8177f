"""A text that somebody brings to train on: judged, and turned into tokens of a model."""

import unicodedata
from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.data.characters import Characters
from aigc_demo.services.gpt.reading import hint
from aigc_demo.services.gpt.results import Dropped

LEAST = 200  # characters that a text must have
FOREIGN = 0.2  # share of characters that may be unknown
STRANGE = 0.01  # share of control characters, from which on a text is none
HELD = 0.1  # share that is not learned from
NAMED = 5  # unknown characters that a sentence names


@dataclass(frozen=True)
class Corpus:
    """A text in two parts."""

    train: Tensor  # (N,)
    test: Tensor  # (M,), the last HELD of it
    dropped: Dropped


def plain(text: str) -> str:
    """One kind of line end, no tabs, no mark of the byte order."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").removeprefix("\ufeff")


def is_binary(text: str) -> bool:
    """Whether this is no text at all but the bytes of something else."""
    strange = sum(unicodedata.category(character) == "Cc" for character in text if character != "\n")
    strange += text.count("\N{REPLACEMENT CHARACTER}")
    return "\0" in text or strange > STRANGE * len(text)


def corpus(text: str, known: str) -> Corpus:
    """The tokens of a text; BadRequestError where it is empty, binary, too short, or mostly in another script.

    A character that the model does not know becomes one that looks alike, else it is left out.
    """
    text = plain(text)
    if not text.strip():
        raise BadRequestError("corpus_empty")
    if is_binary(text):
        raise BadRequestError("corpus_binary")
    if len(text) < LEAST:
        raise BadRequestError("corpus_short", least=LEAST, length=len(text))
    characters = Characters(known)
    counts = Counter(text)
    instead = {character: characters.nearest(character) for character in characters.unknown(text)}
    gone = Counter({character: counts[character] for character, other in instead.items() if not other})
    if gone.total() > FOREIGN * len(text):
        shown = ", ".join(hint(characters)(character) for character, _ in gone.most_common(NAMED))
        raise BadRequestError("corpus_foreign", share=f"{gone.total() / len(text):.0%}", characters=shown)
    fitting = "".join(instead.get(character, character) for character in text)
    if len(fitting) < LEAST:
        raise BadRequestError("corpus_short", least=LEAST, length=len(fitting))
    tokens = torch.tensor(characters.encode(fitting))
    cut = len(tokens) - int(HELD * len(tokens))
    replaced = sum(counts[character] for character, other in instead.items() if other)
    return Corpus(tokens[:cut], tokens[cut:], Dropped(replaced, tuple(gone.most_common()), gone.total()))
