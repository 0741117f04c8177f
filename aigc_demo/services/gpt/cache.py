"""With the KV cache and without: the same text twice, token by token in turn, and what each token took."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT, KVCache
from aigc_demo.sampling.tokens import Sampling, draw, stages
from aigc_demo.sampling.writing import chances
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.requests import Cache
from aigc_demo.services.gpt.tokens import gpt_of, text_of, tokens_of
from aigc_demo.services.page_values import newest, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class BothWays:
    """The same text written with a cache and without."""

    prompt: str
    cut: int  # characters at the start of the prompt that were left out
    text: str
    with_cache: tuple[float, ...]  # milliseconds of every token
    without: tuple[float, ...]
    same: bool  # whether both ways chose the same tokens so far
    cache_bytes: int
    parameters: int  # multiplied with every token that is read


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


@torch.inference_mode()
def cache(store: Store, request: Cache) -> Iterator[Step[BothWays]]:
    """Both ways after every token. Whose turn comes first changes with every token."""
    model = gpt_of(store, request.model)
    tokens = tokens_of(model, request.prompt)
    length = min(request.length, model.config.context - 1)
    recent = tokens[:, -(model.config.context - length) :]
    model(recent)  # so that neither way pays for the first run
    first, cut = recent.shape[1], tokens.shape[1] - recent.shape[1]
    kept = model.state()
    known, unknown = Lane(model, recent, kept), Lane(model, recent, None)
    how, prompt = Sampling(request.temperature), text_of(model, recent[0])
    parameters = sum(part.numel() for part in model.blocks.parameters()) + model.head.weight.numel()
    for done, chance in enumerate(chances(request.seed, length)):
        for lane in (known, unknown) if done % 2 else (unknown, known):
            lane.step(how, chance)
        made = BothWays(
            prompt=prompt,
            cut=cut,
            text=text_of(model, known.tokens[0, first:]),
            with_cache=tuple(known.milliseconds),
            without=tuple(unknown.milliseconds),
            same=bool(torch.equal(known.tokens, unknown.tokens)),
            cache_bytes=held_bytes(kept),
            parameters=parameters,
        )
        yield Step(done + 1, length, made)


def held_bytes(cache: KVCache) -> int:
    """Bytes of the keys and values that are in use."""
    return cache.pairs[..., : cache.length, :].numel() * cache.pairs.element_size()


def race(request: Cache, made: BothWays) -> Json:
    """The text, and the milliseconds of every token by both ways."""
    return {
        "prompt": made.prompt,
        "cut": made.cut,
        "text": made.text,
        "with": plain(made.with_cache),
        "without": plain(made.without),
        "same": made.same,
        "bytes": made.cache_bytes,
        "weights": made.parameters,
    }


def document(request: Cache, run: Sequence[BothWays]) -> Document:
    """The text, and under which times."""
    made = run[-1]
    means = (sum(times) / len(times) for times in (made.with_cache, made.without))
    title = "KV cache: {:.1f} ms / {:.1f} ms".format(*means)
    return Document(title, (Part(made.prompt, given=True), Part(made.text)))


USE_CASE: UseCase[Cache, BothWays] = UseCase(
    run=cache,
    page=newest(race),
    numbers=race,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (request.model,),
    first=Cache(),
)
