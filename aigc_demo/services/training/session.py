"""A small model that learns a person's pictures, update by update; and where such trainings are kept for a while."""

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.core.personal import Personal
from aigc_demo.services.gpt.tune_session import thinned
from aigc_demo.services.lending import lend
from aigc_demo.services.page_values import Array, png
from aigc_demo.services.training.requests import KINDS, WIDTHS, Train
from aigc_demo.training import studio

HELD = 0.1  # share of the pictures that is not learned from
JUDGED = 32  # held-out pictures that are looked at
SHOWN, ROW = 16, 8  # pictures of the newest sample, and of every earlier one
MOMENTS = 4  # earlier samples that are kept
RUNAWAY = 1e4  # loss from which on a training has run away
SMOOTH = 0.9  # share of the old value in the running mean


@dataclass(frozen=True)
class Moment:
    """What the model drew at a moment of its training."""

    step: int
    pictures: Array  # (16, C, 32, 32)


@dataclass(frozen=True)
class Made:
    """A training under way or finished, or a model that was opened again."""

    token: str  # by which it is found again; empty where it is not kept
    kind: str
    model: nn.Module  # as of the newest sample; a training that goes on may change it
    parameters: int
    step: int  # 0 for a model that was opened
    seconds: float  # of training, all presses together
    curve: tuple[tuple[int, float], ...]  # update, running mean of the loss
    other: tuple[tuple[int, float], ...]  # the same of the critic, or the loss on what is held out
    moments: tuple[Moment, ...]  # the newest at the end
    sheet: bytes  # PNG of the newest and of ROW pictures of the others
    learned: int  # pictures
    held: int
    left: float  # seconds of this press
    anew: bool = False  # a training was to go on that was gone
    own: str = ""  # checkpoint by which other use cases find the model as of the newest sample


class Training:
    """A student, its pictures, and what became of it so far. `lock` is held by whoever uses it."""

    def __init__(self, pictures: Tensor, request: Train, own: str):
        self.start, self.lock = start_of(request, own), threading.Lock()
        self.kind, self.seed, self.batch = request.model, request.seed, request.batch
        order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(request.seed))
        held = max(1, round(HELD * len(pictures)))
        self.held, self.learned = pictures[order[:held]], pictures[order[held:]]
        self.student = studio.student(request.model, request.width, pictures.shape[1], request.batch, request.seed)
        self.model = self.student.model
        self.parameters = sum(weight.numel() for weight in self.model.parameters())
        self.source: Iterator[Tensor] = studio.batches(self.learned, request.batch, request.seed)
        self.draws = torch.Generator().manual_seed(request.seed)
        self.step, self.seconds, self.left = 0, 0.0, 0.0
        self.means: dict[str, float] = {}
        self.curve: list[tuple[int, float]] = []
        self.other: list[tuple[int, float]] = []
        self.moments: list[Moment] = []
        self.sheet, self.anew, self.own = b"", False, ""

    @torch.inference_mode(False)
    @torch.enable_grad()
    def advance(self, rate: float) -> None:
        """One update at so many times the recipe's rate; BadRequestError when the loss runs away."""
        began = time.perf_counter()
        warm = min(1.0, (self.step + 1) / studio.WARM)
        found = self.student.update(next(self.source), rate * warm, self.draws)
        if not all(abs(value) < RUNAWAY for value in found.values()):
            raise BadRequestError("training.ran_away")
        self.step += 1
        for name, value in found.items():
            self.means[name] = SMOOTH * self.means.get(name, value) + (1 - SMOOTH) * value
        self.curve = [*thinned(self.curve), (self.step, self.means["loss"])]
        if "critic" in found:
            self.other = [*thinned(self.other), (self.step, self.means["critic"])]
        self.seconds += time.perf_counter() - began

    def look(self, store: Store) -> None:
        """A sample of the fixed seed, the loss on what is held out, and the model for other pages; nothing where they
        are known."""
        if self.moments and self.moments[-1].step == self.step:
            return
        cost = self.student.cost(self.held[:JUDGED], torch.Generator().manual_seed(self.seed))
        if cost is not None:
            self.other.append((self.step, cost))
        self.model = self.student.model
        drawn = studio.draw(self.model, SHOWN, self.seed).numpy()
        if not np.isfinite(drawn).all():
            raise BadRequestError("training.ran_away")
        kept = [*self.moments, Moment(self.step, drawn)]
        self.moments = kept if len(kept) < MOMENTS + 2 else [kept[0], *kept[1::2]]  # the first and the newest stay
        self.sheet = sheet_of(self.moments)
        self.own = lend(store, self.model, self.own)

    def made(self, token: str) -> Made:
        """The training as it stands now."""
        return Made(
            token=token,
            kind=self.kind,
            model=self.model,
            parameters=self.parameters,
            step=self.step,
            seconds=self.seconds,
            curve=tuple(self.curve),
            other=tuple(self.other),
            moments=tuple(self.moments),
            sheet=self.sheet,
            learned=len(self.learned),
            held=len(self.held),
            left=self.left,
            anew=self.anew,
            own=self.own,
        )


def sheet_of(moments: list[Moment]) -> bytes:
    """PNG of all pictures side by side: those of the newest moment, then ROW of every earlier one, the newest first."""
    *earlier, newest = moments
    parts = [newest.pictures, *(moment.pictures[:ROW] for moment in reversed(earlier))]
    return png(np.concatenate(list(np.concatenate(parts)), axis=2))


def start_of(request: Train, own: str) -> tuple[Any, ...]:
    """What a training begins from: another one is another training. `own`: token of a person's own pictures."""
    own = own if request.pictures == "own" else ""
    return request.pictures, own, request.model, request.batch, request.width, request.seed


TRAININGS: Personal[Training] = Personal()  # of people who are on the page
OPENED: Personal[tuple[str, nn.Module, str]] = Personal()  # kind, model and its checkpoint, that they opened again


# files of models


def kind_of(told: str) -> str | None:
    """JSON of a config -> the kind of its model, None where no such model is made here."""
    sizes = [(width, channels) for width in WIDTHS for channels in (1, 3)]
    return {json.dumps(asdict(studio.config_of(kind, *size))): kind for kind in KINDS for size in sizes}.get(told)


def opened(
    path: Path,
    known: Callable[[str], str | None] = kind_of,
    models: dict[str, tuple[type[Any], type[Any]]] = studio.MODELS,
) -> tuple[str, nn.Module]:
    """Kind and model of a file that was saved here; BadFileError says what is wrong with another one.

    `known`: JSON of the config that a file tells -> its kind in `models`, None where no such model is made here.

    Only a config that is made here is built, so a file cannot ask for a network of any size.
    """
    try:
        with safe_open(path, framework="pt") as file:
            told = (file.metadata() or {}).get("config", "")
    except (SafetensorError, OSError, ValueError):
        raise BadFileError("training.not_safetensors") from None
    kind = known(told)
    if kind is None:
        raise BadFileError("training.other_family")
    model_class, config_class = models[kind]
    try:
        model = files.read(path, model_class, config_class)
    except (SafetensorError, RuntimeError, KeyError, TypeError, ValueError, OSError):
        raise BadFileError("training.other_shapes") from None
    if not all(math.isfinite(float(weight.abs().sum())) for weight in model.state_dict().values()):
        raise BadFileError("training.not_finite")
    return kind, model
