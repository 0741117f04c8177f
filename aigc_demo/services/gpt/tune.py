"""Train a GPT further on a text of one's own, for minutes; write with it, and take its weights home."""

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.personal import held
from aigc_demo.core.steps import Step
from aigc_demo.data.own_text import corpus
from aigc_demo.services.files import Trained
from aigc_demo.services.gpt.requests import Tune, Write
from aigc_demo.services.gpt.sample_texts import SAMPLES
from aigc_demo.services.gpt.tokens import gpt_of
from aigc_demo.services.gpt.tune_session import Pressed, Training, Trainings, Tuned, start_of
from aigc_demo.services.gpt.write import Written, write_with
from aigc_demo.services.lending import weights
from aigc_demo.services.page_values import newest, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

MINUTE = 60.0  # seconds
BUSY = 0.75  # share of the time that may go to training; the rest leaves the cores to others
TRAININGS = Trainings()  # those of people who are on the page


def tune(store: Store, request: Tune, token: str | None = None) -> Iterator[Step[Tuned]]:
    """Train for so many minutes, from the shipped weights or from where the training of `token` stands.

    A value after every update. With a token, "" for a new training, it is found again by the token in its results.
    """

    def begin() -> Training:
        model = gpt_of(store, request.model)
        return Training(model, corpus(request.text, model.config.characters), start_of(request), request.seed)

    yield from gone_on(request, start_of(request), token, begin)


def gone_on(
    request: Pressed, start: tuple[Any, ...], token: str | None, begin: Callable[[], Training]
) -> Iterator[Step[Tuned]]:
    """One press of the training of `token`, or of the one that `begin` makes where that one is gone or has begun from
    something else than `start`."""
    training = TRAININGS.find(token) if token else None
    if training is None or training.start != start:
        TRAININGS.drop(token or "")
        training = begin()
        token = None if token is None else TRAININGS.keep(training)
    with held(training.lock, "tune_busy"):
        try:
            yield from pressed(training, request, token or "")
        except BadRequestError:  # it ran away
            TRAININGS.drop(token or "")
            raise


def trained(token: str) -> Training:
    """The training of a token; NotFoundError when it is gone."""
    training = TRAININGS.find(token) if token else None
    if training is None:
        raise NotFoundError("tune_gone")
    return training


def write_own(token: str, request: Write) -> Iterator[Step[Written]]:
    """Write on with the weights of a training."""
    training = trained(token)
    with held(training.lock, "tune_busy"):
        yield from write_with(training.model, request)


def shown(store: Store, request: Tune, token: str) -> Iterator[Step[Tuned]]:
    """The training that stands on the page; where there is none, one is made and not kept."""
    found = standing(token)
    yield from tune(store, request) if found is None else [Step(1, 1, found)]


def standing(token: str) -> Tuned | None:
    """The training of a token as it stands now, with a copy of its model; None where it is gone."""
    training = TRAININGS.find(token) if token else None
    if training is None:
        return None
    with training.lock:
        made = training.tuned(token)
        return replace(made, model=copy.deepcopy(made.model))


def pressed(training: Training, request: Pressed, token: str) -> Iterator[Step[Tuned]]:
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


def curves(request: Any, made: Tuned) -> Json:
    """The curve, the samples, and what became of the text. For the page: with the token that it keeps."""
    return {**numbers(request, made), "token": made.token}


def numbers(request: Any, made: Tuned) -> Json:
    """The curve, the samples, and what became of the text."""
    return {
        "step": made.step,
        "seconds": plain(made.seconds),
        "speed": plain(made.speed),
        "curve": plain(made.curve),
        "held": plain(made.held),
        "samples": [[sample.step, sample.text] for sample in made.samples],
        "train": made.train,
        "test": made.test,
        "repeated": plain(made.repeated),
        "replaced": made.dropped.replaced,
        "left_out": [list(pair) for pair in made.dropped.left_out[:8]],
        "left_out_total": made.dropped.total,
        "random": plain(made.random),
    }


def file(request: Tune, run: Sequence[Tuned]) -> Trained:
    """The weights, and the samples as a text."""
    return taken_home(request.model, f"rate {request.rate:g} · seed {request.seed}", run[-1])


def taken_home(name: str, settings: str, made: Tuned) -> Trained:
    """The weights, and the samples as a text below a line with name and settings."""
    heads = [f"# {name} · {made.step} steps · {settings}"]
    heads += [f"# held out: {cost:.3f} nats per character after {step} steps" for step, cost in made.held]
    parts = [f"## {sample.step}\n{sample.text}" for sample in made.samples]
    told = "\n".join(heads) + "\n\n" + "\n\n".join(parts) + "\n"
    return Trained(lambda: weights(made.model), Document("Luoxia · GPT", (Part(told),)))


USE_CASE: UseCase[Tune, Tuned] = UseCase(
    run=tune,
    page=newest(curves),
    numbers=numbers,
    file=file,
    formats=("safetensors", "txt", "json"),
    checkpoints=lambda request: (request.model,),
    shown=shown,
    first=Tune(text=SAMPLES["jabberwocky"][1], minutes=0.9),
)
