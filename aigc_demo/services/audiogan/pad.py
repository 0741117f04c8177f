"""All ten digits from one seed."""

from collections.abc import Iterator
from dataclasses import replace

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.services.audiogan.both import chances
from aigc_demo.services.audiogan.requests import CHECKPOINT, CLASSIFIER, Pad
from aigc_demo.services.audiogan.sounding import Sounds, counted, made, saved, shown, start_of
from aigc_demo.services.files import SOUND
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase


def pad(store: Store, request: Pad) -> Iterator[Step[Sounds | None]]:
    """The sounds of 0 to 9 and what the classifier hears, with the last step."""
    x = start_of(store, [request.seed] * 10)
    for step in made(store, x, range(10), request.steps, request.guidance):
        heard = None if step.value is None else chances(store, step.value.samples).numpy()
        yield step if step.value is None else replace(step, value=replace(step.value, heard=heard))


def value(request: Pad, sounds: Sounds) -> Json:
    """All sounds side by side, each titled with its digit; under it what the classifier hears."""
    heard: list[Array] = [] if sounds.heard is None else list(sounds.heard)
    notes = [f"{said.argmax()} · {100 * said.max():.0f} %" for said in heard]
    return shown(sounds, [str(digit) for digit in range(10)], notes)


USE_CASE: UseCase[Pad, Sounds] = UseCase(
    run=pad,
    page=each(value),
    numbers=counted,
    file=saved,
    formats=SOUND,
    checkpoints=lambda request: (CHECKPOINT, CLASSIFIER),
    first=Pad(),
)
