"""Token sequences from an autoregressive model: beam search, or sampling.

    beam(step, width, longest, start)                     beam search: of all continuations the `width` best go on
    drawn(step, count, longest, start, how, generator)    sampled at a temperature, `count` lines at once

`step(tokens (N,), parents (N,)) -> logits (N, V)` is the model: line i goes on from line parents[i] of the call before
and is one token longer. Which tokens may come next says `allowed(lines (N, T)) -> mask (N, V)`, True where a token
may follow. The score of a line is the sum of the log probabilities that the model gives its tokens, whatever was
forbidden or made less likely; lines of different length are compared by score / length^penalty (Wu et al., 2016,
arXiv:1609.08144, section 7).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.sampling.tokens import Sampling, choose

Advance = Callable[[Tensor, Tensor], Tensor]
Allowed = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Line:
    tokens: tuple[int, ...]  # neither start nor end
    score: float  # sum of the log probabilities, the end's among them where there is one
    ended: bool = False

    def rank(self, penalty: float) -> float:
        """Score / length^penalty, by which lines of different length are compared."""
        return self.score / max(len(self.tokens) + self.ended, 1) ** penalty


def log_probabilities(logits: Tensor, lines: Tensor, allowed: Allowed | None) -> Tensor:
    """logits (N, V) after lines (N, T) -> log probabilities (N, V), minus infinity where a token may not follow."""
    found = logits.float().log_softmax(1)
    return found if allowed is None else found.masked_fill(~allowed(lines), -math.inf)


def beam(
    step: Advance,
    width: int,
    longest: int,
    start: int,
    *,
    end: int | None = None,
    allowed: Allowed | None = None,
    penalty: float = 1.0,
) -> Iterator[list[Line]]:
    """After every token the lines that go on or have ended, best first; those yielded last are the answer.

    Without an `end` all lines are `longest` tokens long. None is yielded where nothing may follow any line.
    """
    tokens, parents = torch.tensor([start]), torch.zeros(1, dtype=torch.long)
    lines, scores = torch.zeros(1, 0, dtype=torch.long), torch.zeros(1)
    finished: list[Line] = []
    for length in range(longest + (end is not None)):
        found = scores[:, None] + log_probabilities(step(tokens, parents), lines, allowed)  # (N, V)
        if end is not None:
            finished += ends(lines, found[:, end], width, penalty)
            finished = sorted(finished, key=lambda line: -line.rank(penalty))[:width]
            found[:, end] = -math.inf
        if length == longest:
            break
        scores, best = found.flatten().topk(min(width, found.numel()))
        scores, best = scores[scores.isfinite()], best[scores.isfinite()]
        parents, tokens = best // found.shape[1], best % found.shape[1]
        lines = torch.cat([lines[parents], tokens[:, None]], 1)  # (N, T + 1)
        growing = [Line(tuple(line.tolist()), score.item()) for line, score in zip(lines, scores, strict=True)]
        if finished or growing:
            yield sorted(finished + growing, key=lambda line: -line.rank(penalty))
        reachable = scores[0].item() / longest**penalty if len(scores) else -math.inf
        if not len(scores) or (len(finished) == width and reachable <= finished[-1].rank(penalty)):
            break
    if finished:
        yield finished


def ends(lines: Tensor, scores: Tensor, width: int, penalty: float) -> list[Line]:
    """The best of the lines (N, T) that end here, with scores (N,)."""
    found = [Line(tuple(line.tolist()), score.item(), True) for line, score in zip(lines, scores, strict=True)]
    return sorted((line for line in found if math.isfinite(line.score)), key=lambda line: -line.rank(penalty))[:width]


def drawn(
    step: Advance,
    count: int,
    longest: int,
    start: int,
    *,
    how: Sampling,
    generator: torch.Generator,
    allowed: Allowed | None = None,
) -> Iterator[list[Line]]:
    """After every token the `count` lines that are drawn next to each other, in their order; all `longest` tokens long.

    A line that nothing may follow is given up.
    """
    tokens, parents = torch.full((count,), start), torch.arange(count)
    lines, scores = torch.zeros(count, 0, dtype=torch.long), torch.zeros(count)
    for _ in range(longest):
        logits = step(tokens, parents).float()
        if allowed is not None:
            mask = allowed(lines)
            parents = mask.any(1).nonzero()[:, 0]
            if not len(parents):
                return
        else:
            parents, mask = torch.arange(len(logits)), torch.ones_like(logits, dtype=torch.bool)
        known = logits.log_softmax(1)[parents]
        tokens = choose(logits[parents].masked_fill(~mask[parents], -math.inf), how, generator)
        scores = scores[parents] + known.gather(1, tokens[:, None])[:, 0]
        lines = torch.cat([lines[parents], tokens[:, None]], 1)  # (N, T + 1)
        yield [Line(tuple(line.tolist()), score.item()) for line, score in zip(lines, scores, strict=True)]
