"""A GPT and an LSTM that write beside each other, and what each of them keeps of what it read.

T tokens, V vocabulary, L layers, D width of the LSTM.
"""

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT, KVCache
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling.tokens import Sampling, draw
from aigc_demo.sampling.writing import Writer, chances, context_of
from aigc_demo.services.gpt.looking import gpt_of
from aigc_demo.services.gpt.racing import held_bytes
from aigc_demo.services.gpt.reading import tokens_of
from aigc_demo.services.gpt.requests import Remember
from aigc_demo.services.gpt.results import Fading, Remembered, Side, Strip

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

UNITS = 32  # of the LSTM's cells are shown
READ = 120  # characters of the strip, at most: the first ones
WORD = re.compile(r"[^\s:：,，.。;；!！?？]*")  # what a text begins with


class Author:
    """A model that writes, and the time it takes for that."""

    def __init__(self, model: GPT | LSTM, tokens: Tensor):
        self.model, self.first = model, tokens.shape[1]
        self.writer = Writer(model, tokens)
        self.nats = cost(model, tokens)
        self.p: list[float] = []
        self.seconds = 0.0

    def step(self, how: Sampling, chance: Tensor) -> None:
        """One token more."""
        began = time.perf_counter()
        odds = self.writer.consider(how)
        token = draw(odds.final, chance)
        self.p.append(float(odds.softmax[0, token]))
        self.writer.add(token)
        self.seconds += time.perf_counter() - began

    def side(self) -> Side:
        """What there is to see of it."""
        characters = self.model.config.characters
        kept: Any = self.writer.state
        if isinstance(kept, KVCache):
            bytes_kept, size = held_bytes(kept), kept.pairs.element_size()
        else:
            parts = (kept.hidden, kept.cell)
            bytes_kept, size = sum(part.numel() * part.element_size() for part in parts), kept.cell.element_size()
        written = self.writer.tokens[0, self.first :]
        return Side(
            text="".join(characters[int(token)] for token in written),
            p=tuple(self.p),
            nats=self.nats,
            milliseconds=1000 * self.seconds / max(1, len(self.p)),
            numbers=bytes_kept // size,
            kept_bytes=bytes_kept,
            each=bytes_kept // size // kept.length if isinstance(kept, KVCache) else 0,
            most=context_of(self.model) or 0,
        )


def cost(model: GPT | LSTM, tokens: Tensor) -> float | None:
    """Mean of -log p of tokens (1, T) but the first, in nats; None of one token."""
    if tokens.shape[1] < 2:
        return None
    logits = model(tokens[:, :-1])[0].float()
    return float(torch.nn.functional.cross_entropy(logits, tokens[0, 1:]))


class Remembering:
    """The part of the service that sets the two beside each other."""

    store: "Store"

    def lstm(self, checkpoint: str) -> LSTM:
        """The LSTM with this id."""
        model = self.store.load(checkpoint)
        if not isinstance(model, LSTM):
            raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
        return model

    @torch.inference_mode()
    def remember(self, request: Remember) -> Iterator[Step[Remembered]]:
        """Yield both texts after every pair of tokens; both are drawn with the same random numbers."""
        gpt, lstm = gpt_of(self.store, f"gpt-{request.text}"), self.lstm(f"lstm-{request.text}")
        tokens = tokens_of(gpt, request.prompt)
        recent = tokens[:, -gpt.config.context :]
        if request.changed:
            tokens_of(gpt, request.changed)  # whether it can be read
        authors = (Author(gpt, recent), Author(lstm, recent))
        prompt = "".join(gpt.config.characters[int(token)] for token in recent[0])
        how = Sampling(request.temperature, request.top_k, request.top_p, request.min_p, request.repetition)
        cut, strip, fading = tokens.shape[1] - recent.shape[1], strip_of(lstm, recent), None
        shown: Strip | None = strip
        for done, chance in enumerate(chances(request.seed, request.length), 1):
            for author in authors if done % 2 else authors[::-1]:
                author.step(how, chance)
            if done == request.length:
                shown = strip_of(lstm, authors[1].writer.tokens)
                fading = fading_of(gpt, lstm, authors[0].writer.tokens, request)
            one, other = (author.side() for author in authors)
            yield Step(done, request.length, Remembered(prompt, cut, one, other, shown, fading))
            shown = None


def strip_of(lstm: LSTM, tokens: Tensor) -> Strip:
    """The cells that change the most while the LSTM reads tokens (1, T)."""
    read = tokens[:, :READ]
    _, cells = lstm.remembered(read)  # (T, L, D)
    values = cells.tanh()
    best = chosen_units(values.flatten(1))
    width = lstm.config.width
    units = tuple((int(i) // width, int(i) % width) for i in best)
    chosen = (127 * values.flatten(1)[:, best].T).round().to(torch.int8)  # (U, T)
    return Strip("".join(lstm.config.characters[int(token)] for token in read[0]), units, chosen.cpu().numpy())


def chosen_units(values: Tensor) -> Tensor:
    """values (T, N) -> numbers of units: half of UNITS that change the most, then those that move far but slowly."""
    if len(values) < 2:
        return values[0].abs().topk(min(UNITS, values.shape[1])).indices
    changes = values.diff(dim=0).abs().mean(0)  # (N,)
    busy = changes.topk(min(UNITS // 2, len(changes))).indices
    slow = values.std(0) / (changes + 0.02)
    slow[busy] = -1.0
    return torch.cat([busy, slow.topk(min(UNITS // 2, len(changes) - len(busy))).indices])


def fading_of(gpt: GPT, lstm: LSTM, tokens: Tensor, request: Remember) -> Fading | None:
    """How far the odds behind the first word move when it is another one; both models read the same text twice."""
    characters = gpt.config.characters
    text = "".join(characters[int(token)] for token in tokens[0])
    word = WORD.match(text)
    rest = text[word.end() if word else 0 :]
    begun = text[: len(text) - len(rest)]
    other = (request.changed * len(begun))[: len(begun)]  # as long, so that nothing else moves
    rest = rest[: gpt.config.context - len(begun)]
    if not rest or begun == other or not other:
        return None
    one, two = (divergence(model, begun, other, rest) for model in (gpt, lstm))
    return Fading(begun, other, rest, one, two)


def divergence(model: GPT | LSTM, one: str, other: str, rest: str) -> tuple[float, ...]:
    """KL(after `one` || after `other`) of the odds after every character of `rest`, in nats."""
    odds = [model(tokens_of(model, begun + rest))[0, -len(rest) :].float().log_softmax(1) for begun in (one, other)]
    found = (odds[0].exp() * (odds[0] - odds[1])).sum(1).clamp_min(0)
    return tuple(found.tolist())
