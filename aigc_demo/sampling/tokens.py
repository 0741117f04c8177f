"""From the scores of a language model to the next token: temperature, top-k, top-p, min-p, repetition penalty.

The order is that of transformers' `generate`: penalty, temperature, top-k, top-p, min-p; every cut looks at the
probabilities that the one before it left, renormalised.

B batch, T tokens, V vocabulary.
"""

from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    """How to choose. Each of these is off at its default, but for the temperature, whose 1 is the model's own odds."""

    temperature: float = 1.0  # divides the scores; at 0 the best token is taken always (greedy)
    top_k: int = 0  # only so many of the best; 0: all
    top_p: float = 1.0  # the fewest that have this probability together (Holtzman et al., 2019, arXiv:1904.09751)
    min_p: float = 0.0  # those with at least this share of the best one's probability (arXiv:2407.01082)
    repetition: float = 1.0  # > 1 makes what was said less likely (Keskar et al., 2019, arXiv:1909.05858, 4.1)


@dataclass(frozen=True)
class Stages:
    """The probabilities (B, V) of every token on their way; what a cut removed is 0 from there on."""

    softmax: Tensor  # as the model has them
    tempered: Tensor  # after penalty and temperature
    top_k: Tensor
    top_p: Tensor  # after top-p and min-p
    final: Tensor  # what is drawn from: rows sum to 1

    def row(self, row: int) -> "Stages":
        """Of one row alone, (1, V)."""
        return Stages(*(getattr(self, part.name)[row : row + 1] for part in fields(self)))


def penalised(logits: Tensor, seen: Tensor, penalty: float) -> Tensor:
    """logits (B, V), tokens seen (B, T) -> logits in which these tokens are less likely by `penalty`."""
    found = logits.gather(1, seen)
    found = torch.where(found > 0, found / penalty, found * penalty)
    return logits.scatter(1, seen, found)


def keep_best(p: Tensor, count: int) -> Tensor:
    """p (B, V) without all but the `count` largest of each row; of equals those that come first stay."""
    if not 0 < count < p.shape[1]:
        return p
    best = p.sort(dim=1, descending=True, stable=True).indices[:, :count]
    return torch.zeros_like(p).scatter(1, best, p.gather(1, best))


def keep_nucleus(p: Tensor, share: float) -> Tensor:
    """p (B, V) without all but the fewest that hold `share` of the row's sum; one stays always."""
    if share >= 1:
        return p
    ordered, order = p.sort(dim=1, descending=True, stable=True)
    before = ordered.cumsum(1) - ordered  # what the better ones hold
    keep = before < share * p.sum(1, keepdim=True)
    keep[:, 0] = True
    ordered = torch.where(keep, ordered, 0.0)
    return torch.zeros_like(p).scatter(1, order, ordered)


def keep_likely(p: Tensor, share: float) -> Tensor:
    """p (B, V) without what has less than `share` of the row's largest."""
    return torch.where(p >= share * p.amax(1, keepdim=True), p, 0.0) if share > 0 else p


def stages(logits: Tensor, how: Sampling, seen: Tensor | None = None) -> Stages:
    """logits (B, V), tokens seen so far (B, T) -> the probabilities after every step of the choice."""
    logits = logits.float()
    softmax = logits.softmax(1)
    if seen is not None and how.repetition != 1:
        logits = penalised(logits, seen, how.repetition)
    if how.temperature == 0:  # one token has it all, and no cut takes it away
        sure = torch.zeros_like(logits).scatter(1, logits.argmax(1, keepdim=True), 1.0)
        return Stages(softmax, sure, sure, sure, sure)
    # the largest score becomes 0 first: a small temperature must not make infinite ones
    tempered = ((logits - logits.amax(1, keepdim=True)) / how.temperature).softmax(1)
    top_k = keep_best(tempered, how.top_k)
    top_p = keep_likely(keep_nucleus(top_k, how.top_p), how.min_p)
    return Stages(softmax, tempered, top_k, top_p, top_p / top_p.sum(1, keepdim=True))


def draw(p: Tensor, chance: Tensor) -> Tensor:
    """p (B, V) with rows that sum to 1, chance (B,) in [0, 1) -> token (B,): the one in whose share chance falls."""
    odds = p.numpy(force=True)  # NumPy's small operators cost a tenth of torch's
    reached = odds.cumsum(1, dtype=np.float64)
    asked = chance.double().numpy(force=True) * reached[:, -1]
    token = (reached <= asked[:, None]).sum(1)
    last = odds.shape[1] - 1 - (odds[:, ::-1] != 0).argmax(1)  # the last one that can be drawn
    return torch.from_numpy(np.minimum(token, last)).to(p.device)


def choose(logits: Tensor, how: Sampling, generator: torch.Generator, seen: Tensor | None = None) -> Tensor:
    """logits (B, V), tokens seen (B, T) -> the next token of each row (B,)."""
    chance = torch.rand(len(logits), generator=generator)
    return draw(stages(logits, how, seen).final, chance)
