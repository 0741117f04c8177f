"""A GPT and an LSTM that write beside each other, and what each of them keeps of what it read.

T tokens, V vocabulary, L layers, D width of the LSTM.
"""

import base64
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT, KVCache
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling.tokens import Sampling, draw
from aigc_demo.sampling.writing import Writer, chances, context_of
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.cache import held_bytes
from aigc_demo.services.gpt.requests import Lstm
from aigc_demo.services.gpt.tokens import authored, gpt_of, sampling, text_of, tokens_of
from aigc_demo.services.page_values import newest, plain
from aigc_demo.services.text_saving import Document
from aigc_demo.services.use_case import Json, UseCase

UNITS = 32  # of the LSTM's cells are shown
READ = 120  # characters of the strip, at most: the first ones
WORD = re.compile(r"[^\s:：,，.。;；!！?？]*")  # what a text begins with


@dataclass(frozen=True)
class Side:
    """One of two models that write beside each other."""

    text: str  # what it wrote so far
    p: tuple[float, ...]  # of each character by the model's own odds
    nats: float | None  # mean cost of a character of the prompt, but for the first; None where there is one only
    milliseconds: float  # per character
    numbers: int  # that it carries on to the next character
    kept_bytes: int  # the same in bytes
    each: int  # numbers that one character more adds
    most: int  # characters that are looked back on; 0 where there is no end


@dataclass(frozen=True)
class Strip:
    """What an LSTM has in its cells after every character: T characters, U units, half busy ones, half slow ones."""

    text: str  # the T characters
    units: tuple[tuple[int, int], ...]  # (layer, number) of each, both from 0
    cells: npt.NDArray[np.int8]  # (U, T): 127 tanh(c)


@dataclass(frozen=True)
class Fading:
    """The share of the odds that moves, character by character, when the first word of a text is another.

    Number i belongs to the odds after the i-th character behind the word: so often would a draw come out otherwise.
    """

    word: str
    changed: str
    text: str  # behind the word
    gpt: tuple[float, ...]
    lstm: tuple[float, ...]


@dataclass(frozen=True)
class BothWrite:
    """A GPT and an LSTM side by side, under way or finished."""

    prompt: str  # what both read
    cut: int
    gpt: Side
    lstm: Side
    strip: Strip  # of the prompt, with the last step of prompt and text
    fading: Fading | None  # with the last, where there is a text behind the first word


class Author:
    """A model that writes, and the time it takes for that."""

    def __init__(self, model: GPT | LSTM, tokens: Tensor):
        self.model, self.first = model, tokens.shape[1]
        self.writer = Writer(model, tokens)
        self.nats = cost(model, tokens)
        self.p: list[float] = []
        self.seconds = 0.0

    def step(self, how: Sampling, chance: Tensor) -> None:
        began = time.perf_counter()
        odds = self.writer.consider(how)
        token = draw(odds.final, chance)
        self.p.append(float(odds.softmax[0, token]))
        self.writer.add(token)
        self.seconds += time.perf_counter() - began

    def side(self) -> Side:
        """What there is to see of it."""
        kept: Any = self.writer.state
        if isinstance(kept, KVCache):
            bytes_kept, size = held_bytes(kept), kept.pairs.element_size()
        else:
            parts = (kept.hidden, kept.cell)
            bytes_kept, size = sum(part.numel() * part.element_size() for part in parts), kept.cell.element_size()
        return Side(
            text=text_of(self.model, self.writer.tokens[0, self.first :]),
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


def lstm_of(store: Store, checkpoint: str) -> LSTM:
    """The LSTM with this id; NotFoundError when the checkpoint is none."""
    return loaded(store, checkpoint, LSTM)


def checkpoints(request: Lstm) -> tuple[str, str]:
    return f"gpt-{request.text}", f"lstm-{request.text}"


@torch.inference_mode()
def lstm(store: Store, request: Lstm) -> Iterator[Step[BothWrite]]:
    """Both texts after every pair of tokens; both are drawn with the same random numbers."""
    names = checkpoints(request)
    gpt, other = gpt_of(store, names[0]), lstm_of(store, names[1])
    tokens = tokens_of(gpt, request.prompt)
    recent = tokens[:, -gpt.config.context :]
    if request.changed:
        tokens_of(gpt, request.changed)  # whether it can be read
    authors = (Author(gpt, recent), Author(other, recent))
    prompt, how = text_of(gpt, recent[0]), sampling(request)
    cut, strip, fading = tokens.shape[1] - recent.shape[1], strip_of(other, recent), None
    for done, chance in enumerate(chances(request.seed, request.length), 1):
        for author in authors if done % 2 else authors[::-1]:
            author.step(how, chance)
        if done == request.length:
            strip = strip_of(other, authors[1].writer.tokens)
            fading = fading_of(gpt, other, authors[0].writer.tokens, request)
        one, two = (author.side() for author in authors)
        yield Step(done, request.length, BothWrite(prompt, cut, one, two, strip, fading))


def strip_of(lstm: LSTM, tokens: Tensor) -> Strip:
    """The cells that change the most while the LSTM reads tokens (1, T)."""
    read = tokens[:, :READ]
    _, cells = lstm.remembered(read)  # (T, L, D)
    values = cells.tanh()
    best = chosen_units(values.flatten(1))
    width = lstm.config.width
    units = tuple((int(i) // width, int(i) % width) for i in best)
    chosen = (127 * values.flatten(1)[:, best].T).round().to(torch.int8)  # (U, T)
    return Strip(text_of(lstm, read[0]), units, chosen.cpu().numpy())


def chosen_units(values: Tensor) -> Tensor:
    """values (T, N) -> numbers of units: half of UNITS that change the most, then those that move far but slowly."""
    if len(values) < 2:
        return values[0].abs().topk(min(UNITS, values.shape[1])).indices
    changes = values.diff(dim=0).abs().mean(0)  # (N,)
    busy = changes.topk(min(UNITS // 2, len(changes))).indices
    slow = values.std(0) / (changes + 0.02)
    slow[busy] = -1.0
    return torch.cat([busy, slow.topk(min(UNITS // 2, len(changes) - len(busy))).indices])


def fading_of(gpt: GPT, lstm: LSTM, tokens: Tensor, request: Lstm) -> Fading | None:
    """How far the odds behind the first word move when it is another one; both models read the same text twice."""
    text = text_of(gpt, tokens[0])
    word = WORD.match(text)
    rest = text[word.end() if word else 0 :]
    begun = text[: len(text) - len(rest)]
    other = (request.changed * len(begun))[: len(begun)]  # as long, so that nothing else moves
    rest = rest[: gpt.config.context - len(begun)]
    if not rest or begun == other or not other:
        return None
    one, two = (moved(model, begun, other, rest) for model in (gpt, lstm))
    return Fading(begun, other, rest, one, two)


def moved(model: GPT | LSTM, one: str, other: str, rest: str) -> tuple[float, ...]:
    """Total variation distance (0 to 1) of the odds after `one` and after `other`, after every character of `rest`."""
    odds = [model(tokens_of(model, begun + rest))[0, -len(rest) :].float().softmax(1) for begun in (one, other)]
    found = (odds[0] - odds[1]).abs().sum(1) / 2
    return tuple(found.tolist())


def memory(request: Lstm, made: BothWrite) -> Json:
    """Both texts with their facts, the strip with its cells as base64, and the fading where it is known."""
    strip = made.strip
    cells = base64.b64encode(strip.cells.tobytes()).decode()
    value: Json = {"prompt": made.prompt, "cut": made.cut, "gpt": facts(made.gpt), "lstm": facts(made.lstm)}
    value["strip"] = {"text": strip.text, "units": plain(strip.units), "cells": cells}
    return {**value, "fading": plain(made.fading)} if made.fading else value


def facts(side: Side) -> Json:
    return {
        "text": side.text,
        "p": plain(side.p),
        "nats": plain(side.nats),
        "ms": plain(side.milliseconds),
        "numbers": side.numbers,
        "bytes": side.kept_bytes,
        "each": side.each,
        "most": side.most,
    }


def document(request: Lstm, run: Sequence[BothWrite]) -> Document:
    made = run[-1]
    pairs = (("GPT", made.gpt), ("LSTM", made.lstm))
    parts = [part for name, side in pairs for part in authored(name, made.prompt, side.text, side.p)]
    return Document("LSTM / GPT", tuple(parts))


USE_CASE: UseCase[Lstm, BothWrite] = UseCase(
    run=lstm,
    page=newest(memory),
    numbers=memory,
    file=document,
    formats=TEXT,
    checkpoints=checkpoints,
    first=Lstm(),
)
