"""Composing with a model of chorales, beat by beat: what is free is drawn, what follows from it or was given is not.

A row of tokens is described in data/chorale_tokens.py. Of the model's scores only those of tokens that can stand in a
place take part, so that every row is a chorale.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.data import chorale_tokens as rows
from aigc_demo.data.chorales import HOLD, REST, STEPS, Chorale
from aigc_demo.data.voice_leading import Fault, faults, parallel
from aigc_demo.models.gpt import GPT
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling.tokens import Sampling, draw, stages
from aigc_demo.sampling.writing import Writer, chances
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.music.requests import Harmonise, Write

RIVALS = 6  # tokens that are named where several could have stood
LONGER = 4  # bars after the asked ones, at which it ends though no phrase does


@dataclass(frozen=True)
class Place:
    """A token of the row, and what it was drawn from."""

    token: int
    voice: int  # 0 for the soprano; -1 for head and beats
    step: int  # of the music, where a voice's sign stands
    sign: int  # see data/chorales.py; what a beat or head is does not show
    p: float  # by the model's odds; 1 where nothing was to choose
    rivals: tuple[tuple[int, int, float], ...]  # token, sign, p; the likeliest first


@dataclass(frozen=True)
class Piece:
    """A chorale under way or finished."""

    places: tuple[Place, ...]
    chorale: Chorale  # the beats in which all voices stand
    key: int
    tempo: float
    faults: tuple[Fault, ...]
    nats: float  # mean cost of a sign that was drawn
    speed: float  # tokens a second of work
    done: bool

    @property
    def times(self) -> float:
        """How many times as fast as it is played."""
        return self.speed / (rows.BEAT_TOKENS * self.tempo / 60)


@dataclass(frozen=True)
class Task:
    """What a piece must be: key, metre, tempo, and what of it is given."""

    key: int
    metre: int
    tempo: float
    how: Sampling
    seed: int
    strict: bool = False  # no parallel fifths and octaves
    opening: tuple[int, ...] = ()  # tokens that are kept
    bars: int = 0  # of a free piece
    melody: tuple[int, ...] | None = None  # signs of the soprano, whole beats
    upbeat: int = 0  # beats, where there is a melody


def task_of(request: Write | Harmonise, key: int) -> Task:
    """What a request says of the piece, but for what is written: bars, or parts below a melody."""
    return Task(
        key=key,
        metre=request.metre,
        tempo=request.tempo,
        how=Sampling(request.temperature, request.top_k, request.top_p),
        seed=request.seed,
        strict=request.strict,
        opening=opening_of(request.opening),
    )


def language_model(store: Store, checkpoint: str) -> GPT | LSTM:
    """The model with this id; NotFoundError when the checkpoint is none that writes chorales."""
    model = store.load(checkpoint)
    if not isinstance(model, GPT | LSTM) or model.config.vocabulary != rows.VOCABULARY:
        raise NotFoundError("unknown_checkpoint", name=short(checkpoint))
    return model


def opening_of(text: str) -> tuple[int, ...]:
    """Numbers of tokens, parted by spaces; BadRequestError where one is none."""
    try:
        found = tuple(int(word) for word in text.split())
    except ValueError:
        raise BadRequestError("music.opening_broken") from None
    if any(not 0 <= token < rows.VOCABULARY for token in found):
        raise BadRequestError("music.opening_broken")
    return found


class Composer:
    """A row of tokens under way, and the state of the model that reads it."""

    def __init__(self, model: GPT | LSTM, task: Task):
        self.model, self.task = model, task
        head = [rows.key_token(task.key), rows.metre_token(task.metre)]
        if task.opening[:2] not in ((), tuple(head)):
            raise BadRequestError("music.opening_broken")
        self.places = [Place(token, -1, 0, 0, 1.0, ()) for token in head]
        self.writer = Writer(model, torch.tensor([head]))
        self.chances = chances(task.seed, rows.CONTEXT)
        self.signs: list[list[int]] = [[], [], [], []]
        self.fermatas: set[int] = set()
        self.upbeat = task.upbeat
        self.steps = len(task.melody) if task.melody is not None else None  # of the music, where that is known
        self.resting = False  # on the last note of a phrase
        self.cost, self.drawn, self.spent = 0.0, 0, 0.0

    def take(self, allowed: tuple[int, ...], voice: int = -1, step: int = 0) -> int:
        """The next token, out of those that can stand here: kept, the only one, or drawn."""
        kept = self.task.opening[len(self.places)] if len(self.places) < len(self.task.opening) else None
        if kept is not None and kept not in allowed:
            raise BadRequestError("music.opening_broken")
        p = 1.0
        rivals: tuple[tuple[int, int, float], ...] = ()
        if len(allowed) == 1:
            token = allowed[0]
        else:
            token, p, rivals = self.choose(allowed, kept, voice)
        if len(self.places) < rows.CONTEXT:
            self.writer.add(torch.tensor([token]))
        sign = rows.sign_of(voice, token) if voice >= 0 and token > rows.END else REST
        self.places.append(Place(token, voice, step, sign, p, rivals))
        return token

    def choose(
        self, allowed: tuple[int, ...], kept: int | None, voice: int
    ) -> tuple[int, float, tuple[tuple[int, int, float], ...]]:
        """A token of several, its probability, and the likeliest of them."""
        found = stages(self.writer.logits[:, places_of(allowed)], self.task.how)
        chance = next(self.chances)
        place = allowed.index(kept) if kept is not None else int(draw(found.final, chance))
        odds = found.softmax[0]
        p = float(odds[place])
        best = odds.topk(min(RIVALS, len(allowed)))
        rivals = tuple(
            (allowed[i], rows.sign_of(voice, allowed[i]) if voice >= 0 and allowed[i] > rows.END else REST, value)
            for value, i in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        )
        if voice >= 0:
            self.cost, self.drawn = self.cost - math.log(max(p, 1e-9)), self.drawn + 1
        return allowed[place], p, rivals if voice >= 0 else ()

    def beat(self, beat: int) -> None:
        """Take the nine tokens of a beat, counted from the first of the lower voices."""
        lead = self.task.metre
        token = self.take(self.beats(beat))
        if beat == -lead:
            self.upbeat = -((token - rows.BEAT) % rows.PLACES) % lead
        fermata = token >= rows.BEAT + rows.PLACES
        if fermata:
            self.fermatas.add(beat + lead)
        for step in range(beat * STEPS, (beat + 1) * STEPS):
            self.soprano(step + lead * STEPS, fermata)
            for voice in (1, 2, 3):
                if step < 0:
                    self.take((rows.NONE,))
                    continue
                token = self.take(self.harmony(voice, step), voice, step)
                self.signs[voice].append(rows.sign_of(voice, token))
        self.resting = self.resting or fermata

    def beats(self, beat: int) -> tuple[int, ...]:
        """Tokens that the beat can be."""
        lead = self.task.metre
        known = beat > -lead or self.task.melody is not None
        places = [(beat - self.upbeat) % lead] if known else list(range(lead))
        ahead = (beat + lead) * STEPS
        over = ahead >= self.steps if self.steps is not None else self.task.melody is None and self.may_end(ahead)
        fermatas = (False,) if over else (False, True)
        return tuple(rows.beat_token(place, fermata) for fermata in fermatas for place in places)

    def soprano(self, step: int, fermata: bool) -> None:
        """The melody's sign at a step, a bar ahead of the others."""
        melody = self.task.melody
        if self.steps is not None and step >= self.steps:
            self.take((rows.END if step == self.steps else rows.NONE,))
            return
        allowed = (rows.token_of(0, melody[step]),) if melody is not None else self.free(step)
        token = self.take(allowed, 0, step)
        if token == rows.END:
            self.steps = step
            return
        sign = rows.sign_of(0, token)
        self.signs[0].append(sign)
        if sign > HOLD and not fermata:
            self.resting = False

    def harmony(self, voice: int, step: int) -> tuple[int, ...]:
        """Tokens of a lower voice; where it is strict, those that run parallel to no voice above."""
        allowed = signs_allowed(voice, step)
        if not self.task.strict or step == 0:
            return allowed
        above = [(pitch_at(signs, step - 1), pitch_at(signs, step)) for signs in self.signs[:voice]]
        before = pitch_at(self.signs[voice], step - 1)

        def runs_along(token: int) -> bool:
            sign = rows.sign_of(voice, token)
            return sign > HOLD and any(parallel(upper, (before, sign)) for upper in above)

        return tuple(token for token in allowed if not runs_along(token))

    def free(self, step: int) -> tuple[int, ...]:
        """Tokens of a free melody: it ends after the last note of a phrase, when it is time."""
        if not self.may_end(step):
            return signs_allowed(0, step)
        return (rows.END, rows.token_of(0, HOLD)) if self.resting else (rows.END,)

    def may_end(self, step: int) -> bool:
        """Whether a free melody can end before this step; if it does not, its last note goes on."""
        bar = self.task.metre * STEPS
        rests = self.resting and step > (self.task.bars - 1) * bar
        return step % STEPS == 0 and (rests or step >= (self.task.bars + LONGER) * bar)

    def piece(self, beats: int, done: bool) -> Piece:
        """The first `beats` beats, in which all four voices stand."""
        steps = max(0, beats * STEPS)
        voices = np.array([voice[:steps] for voice in self.signs], dtype=np.int64).reshape(4, steps)
        fermatas = frozenset(beat for beat in self.fermatas if beat < beats)
        chorale = Chorale(voices, self.task.metre, self.upbeat, fermatas)
        broken = tuple(faults(voices)) if steps else ()
        nats = self.cost / max(1, self.drawn)
        speed = len(self.places) / max(self.spent, 1e-9)
        return Piece(tuple(self.places), chorale, self.task.key, self.task.tempo, broken, nats, speed, done)


def pitch_at(signs: list[int], step: int) -> int:
    """What sounds at a step of a voice, REST where nothing does, or the voice is over."""
    if step >= len(signs):
        return REST
    while step and signs[step] == HOLD:
        step -= 1
    return REST if signs[step] == HOLD else signs[step]


def signs_allowed(voice: int, step: int) -> tuple[int, ...]:
    """Tokens of a voice; at the first step nothing can be held."""
    return voice_signs(voice, step == 0)


@cache
def voice_signs(voice: int, first: bool) -> tuple[int, ...]:
    """Tokens of a voice, without HOLD at the first step."""
    return tuple(token for token in rows.voice_tokens(voice) if not (first and rows.sign_of(voice, token) == HOLD))


@lru_cache(maxsize=256)
def places_of(allowed: tuple[int, ...]) -> Tensor:
    """Tokens as a tensor (N,), by which scores are picked."""
    return torch.tensor(allowed)


@torch.inference_mode()
def compose(model: GPT | LSTM, task: Task) -> Iterator[Step[Piece]]:
    """The piece after every beat of its row, from the quickest engine that there is."""
    began = time.perf_counter()
    composer = Composer(ENGINES.writer(model), task)
    beat = -task.metre
    while composer.steps is None or beat * STEPS < composer.steps:
        composer.beat(beat)
        beat += 1
        steps = composer.steps
        done = steps is not None and beat * STEPS >= steps
        count = beat + task.metre
        total = (steps // STEPS if steps is not None else task.bars * task.metre) + task.metre
        composer.spent += time.perf_counter() - began
        yield Step(count, count if done else max(total, count + 1), composer.piece(beat, done))
        began = time.perf_counter()
    if len(task.opening) > len(composer.places):
        raise BadRequestError("music.opening_broken")
