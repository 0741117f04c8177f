"""Train a small model on pictures, for minutes; go on, take it home, open it again and draw with it."""

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from torch import nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import SEED, clean
from aigc_demo.core.personal import held
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.services import files
from aigc_demo.services.files import Pictures
from aigc_demo.services.lending import lend, weights
from aigc_demo.services.page_values import newest, plain
from aigc_demo.services.training import sets
from aigc_demo.services.training.requests import Train
from aigc_demo.services.training.session import (
    OPENED,
    ROW,
    SHOWN,
    TRAININGS,
    Made,
    Moment,
    Training,
    opened,
    sheet_of,
    start_of,
)
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.training import studio

MINUTE = 60.0  # seconds
BUSY = 0.85  # share of the time that may go to training; the rest leaves the cores to others
LOOKS, LEAST, FIRST = 10, 2.0, 1.5  # looks at a sample in a press; least seconds between two; seconds to the first


def train(store: Store, request: Train, token: str | None = None, own: str = "") -> Iterator[Step[Made]]:
    """Train for so many minutes, from nothing or from where the training of `token` stands.

    With a token, "" for a new training, it is found again by the token in its results. `own`: token of the pictures
    that a person has brought.
    """
    training = TRAININGS.find(token) if token else None
    lost = bool(token) and training is None and OPENED.find(token or "") is None
    if training is None or training.start != start_of(request, own):
        TRAININGS.drop(token or "")
        training = Training(sets.pictures(store, request.pictures, own), request, own)
        token = None if token is None else TRAININGS.keep(training)
    training.anew = lost
    with held(training.lock, "training.busy"):
        try:
            yield from pressed(store, training, request, token or "")
        except BadRequestError:  # it ran away
            TRAININGS.drop(token or "")
            raise


def pressed(store: Store, training: Training, request: Train, token: str) -> Iterator[Step[Made]]:
    """One press: updates for so many minutes, a look at the start, every so often, and at the end."""
    length = MINUTE * request.minutes
    total = max(1, round(length))
    pause = max(LEAST, length / LOOKS)
    began = time.monotonic()
    training.left = length
    training.look(store)
    yield Step(0, total, training.made(token))
    after = FIRST
    while (spent := time.monotonic() - began) < length:
        at = time.monotonic()
        training.advance(request.rate)
        training.left = max(0.0, length - spent)
        if after < spent < length - pause / 2:
            training.look(store)
            after = spent + pause
        yield Step(min(total - 1, int(spent)), total, training.made(token))
        time.sleep((1 / BUSY - 1) * (time.monotonic() - at))
    training.left = 0.0
    training.look(store)
    yield Step(total, total, training.made(token))


def shown(store: Store, request: Train, token: str, own: str = "") -> Iterator[Step[Made]]:
    """What stands on the page; where there is nothing, a training is made and not kept."""
    if (found := OPENED.find(token) if token else None) is not None:
        yield Step(1, 1, drawing(found, request.seed, token))
        return
    training = TRAININGS.find(token) if token else None
    if training is None:
        yield from train(store, request, None, own)
        return
    with training.lock:
        made = training.made(token)
        made = replace(made, model=copy.deepcopy(made.model))
    yield Step(1, 1, made)


def open_again(store: Store, path: Path, seed: object) -> Made:
    """A model out of a file that was saved here, kept for this session, and what it draws; the file is deleted."""
    try:
        kind, model = opened(path)
    finally:
        path.unlink(missing_ok=True)
    number = clean("seed", int, SEED, seed)
    found = kind, model, lend(store, model)
    return drawing(found, number, OPENED.keep(found))


def draw_own(token: str, seed: object) -> Made:
    """Pictures of another seed by the model on the page; NotFoundError when there is none."""
    number = clean("seed", int, SEED, seed)
    if (found := OPENED.find(token) if token else None) is not None:
        return drawing(found, number, token)
    training = TRAININGS.find(token) if token else None
    if training is None:
        raise NotFoundError("training.gone")
    with held(training.lock, "training.busy"):
        made = training.made(token)
        newest_one = Moment(training.step, studio.draw(made.model, SHOWN, number).numpy())
    moments = (*made.moments[:-1], newest_one)
    return replace(made, moments=moments, sheet=sheet_of(list(moments)), left=0.0)


def drawing(found: tuple[str, nn.Module, str], seed: int, token: str) -> Made:
    """What a model that was opened draws; kind, model and checkpoint."""
    kind, model, own = found
    moment = Moment(0, studio.draw(model, SHOWN, seed).numpy())
    count = sum(weight.numel() for weight in model.parameters())
    return Made(token, kind, model, count, 0, 0.0, (), (), (moment,), sheet_of([moment]), 0, 0, 0.0, own=own)


def page_value(request: Train, made: Made) -> Json:
    """The samples in one sheet, the curves, and the token that the page keeps."""
    side = made.moments[-1].pictures.shape[-1]
    count = SHOWN + ROW * (len(made.moments) - 1)
    sheet = {"sheets": [made.sheet], "w": side, "h": side, "counts": [count], "panes": ["picture"], "levels": []}
    kind = "grey" if made.moments[-1].pictures.shape[1] == 1 else "colour"
    return {**sheet, "kind": kind, "token": made.token, **numbers(request, made), "own": made.own if made.token else ""}


def numbers(request: Train, made: Made) -> Json:
    """Updates, seconds, losses, and when samples were drawn."""
    return {
        "model": made.kind,
        "weights": made.parameters,
        "step": made.step,
        "seconds": plain(made.seconds),
        "left": plain(made.left),
        "curve": plain(made.curve),
        "other": plain(made.other),
        "moments": [moment.step for moment in made.moments],
        "learned": made.learned,
        "held": made.held,
        "anew": made.anew,
        "own": made.own,
    }


def file(request: Train, run: Sequence[Made]) -> files.Trained:
    """The weights, and every sample in a row of its own, the newest at the end."""
    made = run[-1]
    rows = np.concatenate([moment.pictures for moment in made.moments])
    return files.Trained(lambda: weights(made.model), Pictures((), still=images.grid(rows, SHOWN, 2)))


def parameters(store: Store, request: Train) -> int:
    """Weights of the model that is asked for, on pictures with or without colour."""
    channels = 3 if request.pictures in ("emoji", "own") else 1
    config = studio.config_of(request.model, request.width, channels)
    model, _ = studio.MODELS[request.model]
    return sum(weight.numel() for weight in model(config).parameters())


USE_CASE: UseCase[Train, Made] = UseCase(
    run=train,
    page=newest(page_value, 0.3),
    numbers=numbers,
    file=file,
    formats=("safetensors", "png", "json"),
    shown=shown,
    parameters=parameters,
    device="CPU",
    first=Train(),
)
