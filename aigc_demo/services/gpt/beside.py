"""Our GPT beside transformers' model with the same weights: the same text, every layer, and the time of both."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT
from aigc_demo.pipelines import convert, parity
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.gpt.looking import gpt_of
from aigc_demo.services.gpt.reading import tokens_of
from aigc_demo.services.gpt.requests import Beside
from aigc_demo.services.gpt.results import TOLERANCE, BesideLibrary

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

GREEDY = Sampling(temperature=0)
WARM = 2  # tokens that both write before the clock runs


def greedy(model: GPT, tokens: Tensor, length: int) -> Iterator[int]:
    """The likeliest tokens after tokens (1, T), by our code with its cache."""
    for pick in write(model, tokens, GREEDY, chances(0, length)):
        yield int(pick.token)


def generated(module: Any, tokens: Tensor, length: int) -> list[int]:
    """The same by the library's `generate`."""
    settings = {"do_sample": False, "max_new_tokens": length, "min_new_tokens": length, "pad_token_id": 0}
    found: Tensor = module.generate(tokens, attention_mask=torch.ones_like(tokens), **settings)
    return [int(token) for token in found[0, tokens.shape[1] :]]


class BesideTransformers:
    """The part of the service that sets both beside each other."""

    store: "Store"

    @torch.inference_mode()
    def beside(self, request: Beside) -> Iterator[Step[BesideLibrary | None]]:
        """Write with ours, then with the library's, then compare every layer; the result comes with the last step."""
        model = gpt_of(self.store, request.model)
        tokens = tokens_of(model, request.prompt)
        length = min(request.length, model.config.context - 1)
        recent = tokens[:, -(model.config.context - length) :]
        ours = model if request.mistake == "none" else parity.with_mistake(model, request.mistake)
        theirs = convert.to_library(model).to(recent.device)
        total = length + 2
        list(greedy(ours, recent, WARM))
        mine, began = [], time.perf_counter()
        spent = 0.0
        for done, token in enumerate(greedy(ours, recent, length), 1):
            spent += time.perf_counter() - began
            mine.append(token)
            yield Step(done, total, None)
            began = time.perf_counter()
        generated(theirs, recent, WARM)
        began = time.perf_counter()
        yours = generated(theirs, recent, length)
        their_time = time.perf_counter() - began
        yield Step(length + 1, total, None)
        table = parity.compare(ours, theirs, recent, tolerance=TOLERANCE)
        letters = model.config.characters
        made = BesideLibrary(
            prompt="".join(letters[int(token)] for token in recent[0]),
            cut=tokens.shape[1] - recent.shape[1],
            ours="".join(letters[token] for token in mine),
            theirs="".join(letters[token] for token in yours),
            same=agreed(mine, yours),
            our_speed=length / spent,
            their_speed=length / their_time,
            kind=type(theirs).__name__,
            layers=tuple((row.ours, row.theirs, row.maximum, row.mean) for row in table.rows),
            first=table.first,
            maximum=table.rows[-1].maximum,
            mean=table.rows[-1].mean,
        )
        yield Step(total, total, made)


def agreed(one: list[int], other: list[int]) -> int:
    """How many tokens are the same from the start on."""
    pairs = zip(one, other, strict=True)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), len(one))
