"""A text of somebody's own as tokens to learn from, and a piece of it that is held out.

N tokens to learn from, M held out.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import tidied
from aigc_demo.data.characters import Characters

LEAST = 200  # characters that a text must have
FOREIGN = 0.2  # share of characters that may be unknown
STRANGE = 0.01  # share of control characters, from which on a text is none
HELD = 0.1  # share that is not learned from
SAME, LOOKED = 16, 200  # characters from which on a passage counts as repeated; passages that are looked up
FRESH = 0.1  # share of repeated passages below which a piece may be held out


@dataclass(frozen=True)
class Dropped:
    """What became of the characters of a text that a model does not know."""

    replaced: int  # by one that looks alike
    left_out: tuple[tuple[str, int], ...]  # character and how often, the most frequent first
    total: int  # left out altogether


@dataclass(frozen=True)
class Corpus:
    train: Tensor  # (N,)
    test: Tensor  # (M,), a HELD of it in one piece
    dropped: Dropped
    repeated: float  # share of the pieces of `test` that stand in `train` word for word, 0 to 1


def is_binary(text: str) -> bool:
    """Whether this is no text at all but the bytes of something else."""
    strange = sum(unicodedata.category(character) == "Cc" for character in text if character != "\n")
    strange += text.count("\N{REPLACEMENT CHARACTER}")
    return "\0" in text or strange > STRANGE * len(text)


def corpus(text: str, known: str) -> Corpus:
    """The tokens of a text; BadRequestError where it is empty, binary, too short, or mostly in another script.

    A character that the model does not know becomes one that looks alike, else it is left out.
    """
    text = tidied(text)
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
        shown = characters.named_unknown("".join(character for character, _ in gone.most_common()))
        raise BadRequestError("corpus_foreign", share=f"{gone.total() / len(text):.0%}", characters=shown)
    fitting = "".join(instead.get(character, character) for character in text)
    if len(fitting) < LEAST:
        raise BadRequestError("corpus_short", least=LEAST, length=len(fitting))
    tokens = torch.tensor(characters.encode(fitting))
    start, end, repeated = held_out(fitting)
    replaced = sum(counts[character] for character, other in instead.items() if other)
    dropped = Dropped(replaced, tuple(gone.most_common()), gone.total())
    return Corpus(torch.cat([tokens[:start], tokens[end:]]), tokens[start:end], dropped, repeated)


def held_out(text: str) -> tuple[int, int, float]:
    """Start and end of the piece that is held out, and the share of it that stands elsewhere in the text, too.

    The last piece of the text that repeats the least: a loss on what was learned by heart would tell nothing.
    """
    size = int(HELD * len(text))
    best = (1.1, 0)  # share, start
    for start in range(len(text) - size, len(text) % size - 1, -size):
        share = repeats(text[start : start + size], f"{text[:start]}\0{text[start + size :]}")
        if share < best[0]:
            best = (share, start)
        if share < FRESH:
            break
    return best[1], best[1] + size, best[0]


def repeats(piece: str, rest: str) -> float:
    """Share of the passages of SAME characters in `piece` that stand in `rest`, too; at most LOOKED of them."""
    last = max(1, len(piece) - SAME + 1)
    passages = [piece[at : at + SAME] for at in range(0, last, max(1, last // LOOKED))]
    return sum(passage in rest for passage in passages) / len(passages)
