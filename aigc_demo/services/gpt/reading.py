"""From a text to tokens and back, and what a model thinks of each of them.

T tokens, V vocabulary.
"""

import unicodedata
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError
from aigc_demo.data.characters import Characters
from aigc_demo.sampling.writing import context_of
from aigc_demo.services.gpt.results import RIVALS, Rival, Token

if TYPE_CHECKING:
    from aigc_demo.sampling.writing import LanguageModel

NAMED = 5  # unknown characters that an error names


def tokens_of(model: "LanguageModel", text: str) -> Tensor:
    """A text as tokens (1, T); BadRequestError when it is empty or has characters that the model does not know."""
    if not text:
        raise BadRequestError("empty_prompt")
    characters = Characters(model.config.characters)
    unknown = characters.unknown(text)
    if unknown:
        raise BadRequestError("unknown_characters", characters=", ".join(map(hint(characters), unknown[:NAMED])))
    return torch.tensor([characters.encode(text)])


def hint(characters: Characters) -> Any:
    """A function that names an unknown character, with the one that is most likely meant."""

    def named(character: str) -> str:
        shown = character if character.isprintable() else unicodedata.name(character, f"U+{ord(character):04X}")
        nearest = characters.nearest(character)
        return f"{shown} → {nearest}" if nearest else shown

    return named


def entropy(p: Tensor) -> Tensor:
    """p (..., V) -> -sum p log p in nats, (...)."""
    return torch.special.entr(p).sum(-1)


def rivals(characters: str, p: Tensor, count: int = RIVALS) -> tuple[Rival, ...]:
    """The likeliest tokens of p (V,)."""
    best = p.topk(min(count, len(p)))
    return tuple(Rival(characters[i], v) for v, i in zip(best.values.tolist(), best.indices.tolist(), strict=True))


def token_of(characters: str, token: int, p: Tensor, chance: float = 1.0) -> Token:
    """A token as a result, foreseen with the model's own odds p (V,) and drawn with probability `chance`."""
    return Token(characters[token], float(p[token]), chance, float(entropy(p)), rivals(characters, p))


def read(model: "LanguageModel", tokens: Tensor) -> tuple[Token, ...]:
    """What the model foresaw at every place of tokens (1, T), which fit into its context; nothing foresaw the first."""
    return foreseen(model.config.characters, tokens, model(tokens))


def foreseen(characters: str, tokens: Tensor, logits: Tensor) -> tuple[Token, ...]:
    """`read` of tokens (1, T) from what the model said to them, logits (1, T, V)."""
    p = logits[0].float().softmax(1)  # (T, V)
    first = Token(characters[int(tokens[0, 0])], 1.0, 1.0, 0.0, ())
    rest = (token_of(characters, int(token), odds) for token, odds in zip(tokens[0, 1:], p, strict=False))
    return (first, *rest)


def read_all(model: "LanguageModel", tokens: Tensor) -> tuple[Token, ...]:
    """`read` of any number of tokens (1, T): with at least half a context before each, where there is that much."""
    context = context_of(model) or tokens.shape[1]
    if tokens.shape[1] <= context:
        return read(model, tokens)
    half = max(1, context // 2)
    found = list(read(model, tokens[:, :context]))
    while len(found) < tokens.shape[1]:
        start = len(found) - (context - half)
        found += read(model, tokens[:, start : start + context])[context - half :]
    return tuple(found)
