"""With the KV cache and without: the same text twice, token by token in turn, and what each token took."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT, KVCache
from aigc_demo.sampling.tokens import Sampling, draw, stages
from aigc_demo.sampling.writing import chances
from aigc_demo.services.gpt.looking import gpt_of
from aigc_demo.services.gpt.reading import tokens_of
from aigc_demo.services.gpt.requests import Race
from aigc_demo.services.gpt.results import Raced

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store


class Lane:
    """One of the two ways: the tokens (1, T) so far, and what each new one took."""

    def __init__(self, model: GPT, tokens: Tensor, cache: KVCache | None):
        self.model, self.tokens, self.cache = model, tokens, cache
        self.milliseconds: list[float] = []
        self.unread = tokens

    def step(self, how: Sampling, chance: Tensor) -> None:
        """One token more. With a cache only what is new is read, without one everything is."""
        began = time.perf_counter()
        logits = self.model(self.tokens) if self.cache is None else self.model(self.unread, self.cache)
        token = draw(stages(logits[:, -1], how).final, chance)
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        self.unread = token[:, None]
        self.tokens = torch.cat([self.tokens, self.unread], dim=1)


class Racing:
    """The part of the service that measures the cache."""

    store: "Store"

    @torch.inference_mode()
    def race(self, request: Race) -> Iterator[Step[Raced]]:
        """Yield both ways after every token. Whose turn comes first changes with every token."""
        model = gpt_of(self.store, request.model)
        tokens = tokens_of(model, request.prompt)
        length = min(request.length, model.config.context - 1)
        recent = tokens[:, -(model.config.context - length) :]
        model(recent)  # so that neither way pays for the first run
        first, cut = recent.shape[1], tokens.shape[1] - recent.shape[1]
        cache = model.state()
        known, unknown = Lane(model, recent, cache), Lane(model, recent, None)
        how = Sampling(request.temperature)
        prompt = "".join(model.config.characters[int(token)] for token in recent[0])
        for done, chance in enumerate(chances(request.seed, length)):
            for lane in (known, unknown) if done % 2 else (unknown, known):
                lane.step(how, chance)
            yield Step(
                done + 1,
                length,
                Raced(
                    prompt=prompt,
                    cut=cut,
                    text="".join(model.config.characters[int(token)] for token in known.tokens[0, first:]),
                    with_cache=tuple(known.milliseconds),
                    without=tuple(unknown.milliseconds),
                    same=bool(torch.equal(known.tokens, unknown.tokens)),
                    cache_bytes=held_bytes(cache),
                    parameters=sum(part.numel() for part in model.blocks.parameters()) + model.head.weight.numel(),
                ),
            )


def held_bytes(cache: KVCache) -> int:
    """Bytes of the keys and values that are in use."""
    return cache.pairs[..., : cache.length, :].numel() * cache.pairs.element_size()
