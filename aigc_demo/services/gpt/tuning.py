"""Train a GPT further on a text of one's own, for minutes; write with it, and take its weights home."""

import dataclasses
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_demo.checkpoints import files
from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT
from aigc_demo.services.gpt.corpus import corpus
from aigc_demo.services.gpt.live import Training, Trainings, start_of
from aigc_demo.services.gpt.looking import gpt_of
from aigc_demo.services.gpt.requests import Tune, Write
from aigc_demo.services.gpt.results import Tuned, Written
from aigc_demo.services.gpt.writing import Writing
from aigc_demo.services.saving import versions

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

MINUTE = 60.0  # seconds
BUSY = 0.75  # share of the time that may go to training; the rest leaves the cores to others
CARRIED = 10_000  # characters of a text that a run card carries
TUNE_FORMATS = ("safetensors", "txt", "json")


class One(Writing):
    """Writes with one model, whatever a request asks for."""

    def __init__(self, model: GPT):
        self.own = model

    def model(self, checkpoint: str) -> GPT:
        """The one model."""
        return self.own


class Tuning:
    """The part of the service that trains."""

    store: "Store"

    @cached_property
    def trainings(self) -> Trainings:
        """Those under way."""
        return Trainings()

    def tune(self, request: Tune, token: str = "", *, keep: bool = False) -> Iterator[Step[Tuned]]:
        """Train for so many minutes, from the shipped weights or from where the training of `token` stands.

        Yields after every update. With `keep`, the training is found again by the token in its results.
        """
        training = self.trainings.find(token) if token else None
        if training is None or training.start != start_of(request):
            self.trainings.drop(token)
            model = gpt_of(self.store, request.model)
            training = Training(model, request, corpus(request.text, model.config.characters))
            token = self.trainings.keep(training) if keep else ""
        if not training.lock.acquire(blocking=False):
            raise BadRequestError("tune_busy")
        try:
            yield from pressed(training, request, token)
        except BadRequestError:
            self.trainings.drop(token)
            raise
        finally:
            training.lock.release()

    def tuned_write(self, token: str, request: Write) -> Iterator[Step[Written]]:
        """Write on with the weights of a training."""
        training = self.found(token)
        if not training.lock.acquire(blocking=False):
            raise BadRequestError("tune_busy")
        try:
            yield from One(training.model).write(request)
        finally:
            training.lock.release()

    def found(self, token: str) -> Training:
        """The training of a token; NotFoundError when it is gone."""
        training = self.trainings.find(token) if token else None
        if training is None:
            raise NotFoundError("tune_gone")
        return training

    def save_tuned(self, request: Tune, format: str, token: str = "") -> Iterator[Step[bytes | None]]:
        """Weights as safetensors, samples as text, or the run card. Without a training one is made first."""
        if format not in TUNE_FORMATS:
            raise BadRequestError("choice", field="format", options=", ".join(TUNE_FORMATS), value=short(format))
        if format == "json":
            yield Step(1, 1, tune_card(request, self.store.sha256(request.model)).to_json().encode())
            return
        kept = token if token and self.trainings.find(token) else ""
        made = ""
        if not kept:
            for step in self.tune(request, keep=True):
                kept = made = step.value.token
                yield Step(step.done, step.total + 1, None)
        training = self.found(kept)
        with training.lock:
            found = weights(training.model) if format == "safetensors" else told(training, request).encode()
        self.trainings.drop(made)
        yield Step(1, 1, found)


def pressed(training: Training, request: Tune, token: str) -> Iterator[Step[Tuned]]:
    """One press: updates for so many minutes, a look at the start, every so often, and at the end."""
    length = MINUTE * request.minutes
    total = max(1, round(length))
    began = time.monotonic()
    training.measure()
    yield Step(0, total, training.tuned(token))  # a sample takes a while
    training.write(request)
    yield Step(0, total, training.tuned(token))
    while (spent := time.monotonic() - began) < length:
        at = time.monotonic()
        training.advance(request.rate)
        if training.step % request.every == 0:
            training.look(request)
        yield Step(min(total - 1, int(spent)), total, training.tuned(token))
        time.sleep((1 / BUSY - 1) * (time.monotonic() - at))
    training.look(request)
    yield Step(total, total, training.tuned(token))


def weights(model: GPT) -> bytes:
    """A model as the bytes of its file, float16, config and vocabulary in the header."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        files.save(model, path)
        return path.read_bytes()


def told(training: Training, request: Tune) -> str:
    """The samples of a training as a text."""
    heads = [f"# {request.model} · {training.step} steps · rate {request.rate:g} · seed {request.seed}"]
    heads += [f"# held out: {cost:.3f} nats per character after {step} steps" for step, cost in training.held]
    parts = [f"## {sample.step}\n{sample.text}" for sample in training.samples]
    return "\n".join(heads) + "\n\n" + "\n\n".join(parts) + "\n"


def tune_card(request: Tune, sha256: str) -> Card:
    """The run card; a long text stays out of it."""
    values = dataclasses.asdict(request)
    if len(request.text) > CARRIED:
        del values["text"]
    return Card("gpt_tune", values, request.model, sha256, versions())
