"""What the use cases beside transformers share: our network and the library's write the same, and the clock runs."""

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.steps import Step
from aigc_demo.pipelines import parity
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.page_values import plain
from aigc_demo.services.use_case import Json

TOLERANCE = 1e-3  # absolute, between a layer of ours and the library's
WARM = 2  # tokens that both write before the clock runs
GREEDY = Sampling(temperature=0)


@dataclass(frozen=True)
class Written:
    ours: tuple[int, ...]  # tokens
    theirs: tuple[int, ...]
    our_seconds: float
    their_seconds: float

    @property
    def same(self) -> int:
        """Number of tokens from the start on in which both agree."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return next((place for place, (a, b) in enumerate(pairs) if a != b), len(self.ours))


@dataclass(frozen=True)
class Agreement:
    """How far two networks that wrote the same are apart, and how fast they were."""

    same: int  # tokens from the start on in which both agree
    our_speed: float  # tokens a second
    their_speed: float
    kind: str  # class of the library
    layers: parity.Figures
    first: int | None  # number of the first layer over the tolerance
    maximum: float  # of the logits
    mean: float

    def value(self) -> Json:
        """What the page is told of it."""
        return {
            "same": self.same,
            "speeds": plain((self.our_speed, self.their_speed)),
            "kind": self.kind,
            "layers": [list(row) for row in self.layers],
            "first": self.first,
            "maximum": self.maximum,
            "mean": self.mean,
            "tolerance": TOLERANCE,
        }


def agreement(ours: Any, theirs: Any, tokens: Tensor, made: Written) -> Agreement:
    """Every layer of both on tokens (1, T), after they wrote what they made."""
    table = parity.compare(ours, theirs, tokens, tolerance=TOLERANCE)
    return Agreement(
        same=made.same,
        our_speed=len(made.ours) / made.our_seconds,
        their_speed=len(made.theirs) / made.their_seconds,
        kind=type(theirs).__name__,
        layers=table.figures,
        first=table.first,
        maximum=table.rows[-1].maximum,
        mean=table.rows[-1].mean,
    )


def both_write(
    ours: Any, theirs: Any, tokens: Tensor, length: int, total: int, **settings: Any
) -> Generator[Step[Any], None, Written]:
    """The likeliest `length` tokens after tokens (1, T), by ours with its cache, then by the library's `generate`.

    A Step without a value for each token of ours, and one when the library is done, of `total`; gives back what both
    wrote. `settings` are more arguments of `generate`.
    """
    for _ in write(ours, tokens, GREEDY, chances(0, WARM)):
        pass
    mine, spent, began = list[int](), 0.0, time.perf_counter()
    for pick in write(ours, tokens, GREEDY, chances(0, length)):
        mine.append(int(pick.token))
        spent += time.perf_counter() - began
        yield Step(len(mine), total, None)
        began = time.perf_counter()
    generated(theirs, tokens, WARM, **settings)
    began = time.perf_counter()
    yours = generated(theirs, tokens, length, **settings)
    their_time = time.perf_counter() - began
    yield Step(length + 1, total, None)
    return Written(tuple(mine), yours, spent, their_time)


def generated(module: Any, tokens: Tensor, length: int, **settings: Any) -> tuple[int, ...]:
    """The likeliest `length` tokens after tokens (1, T), by the library's `generate`."""
    exactly = {"do_sample": False, "max_new_tokens": length, "min_new_tokens": length, "pad_token_id": 0}
    found: Tensor = module.generate(tokens, attention_mask=torch.ones_like(tokens), **exactly, **settings)
    return tuple(int(token) for token in found[0, tokens.shape[1] :])
