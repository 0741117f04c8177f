"""From what a person writes to tokens, from codes to sentences, and what has to be said about it.

Nothing that is unknown is passed over in silence: a word that is not in the vocabulary is named and the nearest known
one is read for it, or a gap where there is none; what is too long is cut, and the rest is named.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data.characters import Characters
from aigc_demo.data.sentences import END, SPECIAL, UNKNOWN, Words, join, split
from aigc_demo.models.textvae import TextVAE, TextVAEConfig, write
from aigc_demo.models.vae import Posterior
from aigc_demo.services.text_saving import Part
from aigc_demo.services.textvae.requests import VERSE

CLOSE = 0.78  # how much alike two words must be, 0 to 1
NEARLY = 0.03  # so much less alike is as good
PLAIN = "textvae_plain"  # no library has a text autoencoder as a class: the paper's network in torch.nn, same weights
STOPS = re.compile(r"[，。；：？！、,.;:?!\n\r]+")  # a line of verse ends there


@dataclass(frozen=True)
class Read:
    """A sentence as the model read it."""

    given: str  # what stood in the box, or the example
    text: str  # what was read of it
    tokens: tuple[int, ...]  # without the end
    words: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...] = ()  # a word that is not known, and the nearest one, or nothing
    cut: str = ""  # what was left off at the end


@dataclass(frozen=True)
class Written:
    """A sentence that the model wrote."""

    text: str
    words: tuple[str, ...]
    chances: tuple[float, ...]  # of every word, then of the end


def visible(text: str) -> str:
    """The text without control characters and the invisible signs that set its direction; those are white space."""
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") else sign for sign in text)


def words_of(text: str, by: str, longest: int) -> tuple[list[str], str]:
    """The words that are read, and what is left off at the end."""
    if by == "words":
        words = split(text, by)
        while words and not words[-1][0].isalnum():
            words.pop()  # sentences are learned without their last sign
        return words[:longest], join(words[longest:], by)
    lines = [line for line in STOPS.split("".join(split(text.replace("\n", "，"), by))) if line]
    line = lines[0] if lines else ""
    return list(line[:longest]), "，".join(part for part in (line[longest:], *lines[1:]) if part)


def read(given: str, config: TextVAEConfig) -> Read:
    """The sentence as tokens; BadRequestError where not one of its words is known."""
    words, cut = words_of(visible(given), config.by, config.longest)
    if not words:
        raise BadRequestError("sentence_empty", text=short(given))
    known = Words(config.tokens, config.by)
    instead = {word: nearest(word, config) for word in known.unknown(words)}
    heard = [instead.get(word, word) or SPECIAL[UNKNOWN] for word in words]
    tokens = known.encode(heard)
    if all(token == UNKNOWN for token in tokens):
        key = "sentence_not_english" if config.by == "words" else "sentence_not_verse"
        raise BadRequestError(key, words=short(join(words, config.by)))
    text = join(["□" if token == UNKNOWN else word for word, token in zip(heard, tokens, strict=True)], config.by)
    return Read(
        given, text, tuple(tokens), tuple(heard), tuple((short(a), b) for a, b in instead.items()), short_cut(cut)
    )


def short_cut(text: str) -> str:
    """What was left off, as it is repeated; nothing where nothing was."""
    return short(text) if text else ""


def nearest(word: str, config: TextVAEConfig) -> str:
    """The known word that is most like an unknown one; empty when none is."""
    if config.by == "characters":
        return Characters("".join(config.tokens[len(SPECIAL) :])).nearest(word)
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    known = config.tokens[len(SPECIAL) :]
    found = get_close_matches(plain, known, 3, CLOSE) if plain else []
    # of those that are about as close as the closest, the most frequent: the vocabulary begins with those
    alike = [word for word in found if likeness(plain, word) > likeness(plain, found[0]) - NEARLY]
    return min(alike, key=known.index, default="")


def likeness(word: str, other: str) -> float:
    """How much alike two words are, 0 to 1."""
    return SequenceMatcher(None, word, other).ratio()


def padded(tokens: tuple[int, ...], longest: int) -> list[int]:
    """The tokens with their END, filled up to the width of every row."""
    return [*tokens, *[END] * (longest + 1 - len(tokens))]


def model_of(store: Store, checkpoint: str = VERSE) -> TextVAE:
    """The text autoencoder, or language model, of a checkpoint; NotFoundError when it holds another kind."""
    return loaded(store, checkpoint, TextVAE)


def rows(sentences: list[Read], model: TextVAE) -> Tensor:
    """Sentences as the encoder takes them, (B, T)."""
    found = [padded(sentence.tokens, model.config.longest) for sentence in sentences]
    return torch.tensor(found, device=next(model.parameters()).device)


def encoded(sentences: list[Read], model: TextVAE) -> Posterior:
    return model.encode(rows(sentences, model))


def written(model: TextVAE, z: Tensor, temperature: float, generator: torch.Generator) -> list[Written]:
    """The sentences of codes z (B, D)."""
    tokens, chances = write(model, z, temperature, generator)
    words = Words(model.config.tokens, model.config.by)
    found = []
    for row, sure in zip(tokens.tolist(), chances, strict=True):
        count = row.index(END)
        pieces = tuple(model.config.tokens[token] for token in row[:count])
        found.append(Written(words.decode(row), pieces, rounded(sure[: count + 1])))
    return found


def rounded(numbers: Tensor) -> tuple[float, ...]:
    return tuple(round(number, 4) for number in numbers.tolist())


def parts_of(found: Written, corpus: str) -> Iterator[Part]:
    """The words of a sentence, tinted by how likely they were, and the end of the line."""
    gap = "" if corpus == "verse" else " "
    for place, (word, chance) in enumerate(zip(found.words, found.chances, strict=False)):
        yield Part((gap if place else "") + word, p=chance, note=f"{100 * chance:.1f} %")
    yield Part("\n")
