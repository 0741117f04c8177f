"""What the gpt use cases share: models by id, a text as tokens and back, and what a model thinks of each token.

T tokens, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, is_own, loaded
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import short
from aigc_demo.data.characters import Characters
from aigc_demo.models.gpt import GPT
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import LanguageModel, context_of
from aigc_demo.services.gpt.requests import Lstm, Surgery, Write
from aigc_demo.services.text_saving import Part

RIVALS = 8  # of the tokens that could have stood in a place, so many are named


@dataclass(frozen=True)
class Rival:
    """A token that could have stood there."""

    text: str
    p: float  # by the model's own odds, before temperature and cuts


@dataclass(frozen=True)
class Token:
    """A token where it stands, and what the model thought of it before it came."""

    text: str
    p: float  # by the model's own odds; surprise is -log p nats
    chance: float  # by the odds that were drawn from; 1 for tokens of the prompt
    entropy: float  # of the model's own odds, in nats
    rivals: tuple[Rival, ...]  # the likeliest first, the token itself among them if it is one of them


def language_model(store: Store, checkpoint: str) -> GPT | LSTM:
    """The language model with this id, shipped or a person's own; NotFoundError when the checkpoint is none."""
    model = store.load(checkpoint)
    if not isinstance(model, GPT | LSTM):
        raise NotFoundError("own_other" if is_own(checkpoint) else "unknown_checkpoint", name=short(checkpoint))
    return model


def gpt_of(store: Store, checkpoint: str) -> GPT:
    """The GPT with this id; NotFoundError when the checkpoint is none."""
    return loaded(store, checkpoint, GPT)


def sampling(request: Write | Surgery | Lstm) -> Sampling:
    """The settings of a request about how to choose."""
    return Sampling(request.temperature, request.top_k, request.top_p, request.min_p, request.repetition)


def tokens_of(model: LanguageModel, text: str) -> Tensor:
    """A text as tokens (1, T); BadRequestError when it is empty or has characters that the model does not know."""
    if not text:
        raise BadRequestError("empty_prompt")
    characters = Characters(model.config.characters)
    if unknown := characters.named_unknown(text):
        raise BadRequestError("unknown_characters", characters=unknown)
    return torch.tensor([characters.encode(text)])


def text_of(model: LanguageModel, tokens: Tensor) -> str:
    """The text that tokens (T,) spell."""
    return "".join(model.config.characters[int(token)] for token in tokens)


def entropy(p: Tensor) -> Tensor:
    """p (..., V) -> -sum p log p in nats, (...)."""
    return torch.special.entr(p).sum(-1)


def rivals(characters: str, p: Tensor) -> tuple[Rival, ...]:
    """The likeliest tokens of p (V,)."""
    best = p.topk(min(RIVALS, len(p)))
    return tuple(Rival(characters[i], v) for v, i in zip(best.values.tolist(), best.indices.tolist(), strict=True))


def token_of(characters: str, token: int, p: Tensor, chance: float = 1.0) -> Token:
    """A token as a result, foreseen with the model's own odds p (V,) and drawn with probability `chance`."""
    return Token(characters[token], float(p[token]), chance, float(entropy(p)), rivals(characters, p))


def read(model: LanguageModel, tokens: Tensor) -> tuple[Token, ...]:
    """What the model foresaw at every place of tokens (1, T), which fit into its context; nothing foresaw the first."""
    return foreseen(model.config.characters, tokens, model(tokens))


def foreseen(characters: str, tokens: Tensor, logits: Tensor) -> tuple[Token, ...]:
    """`read` of tokens (1, T) from what the model said to them, logits (1, T, V)."""
    p = logits[0].float().softmax(1)  # (T, V)
    first = Token(characters[int(tokens[0, 0])], 1.0, 1.0, 0.0, ())
    rest = (token_of(characters, int(token), odds) for token, odds in zip(tokens[0, 1:], p, strict=False))
    return (first, *rest)


def read_all(model: LanguageModel, tokens: Tensor) -> tuple[Token, ...]:
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


def authored(name: str, prompt: str, text: str, p: tuple[float, ...] = ()) -> list[Part]:
    """A text to be saved, with the name of its author above it; `p` of each character where they are known."""
    odds = p or (None,) * len(text)
    letters = [Part(letter, p=chance) for letter, chance in zip(text, odds, strict=True)]
    return [Part(f"[{name}]\n", given=True), Part(prompt, given=True), *letters, Part("\n\n")]
