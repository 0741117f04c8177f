"""All ten digits from one seed."""

from collections.abc import Iterator

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.services.audiogan.requests import CHECKPOINT, Pad
from aigc_demo.services.audiogan.sounding import Sounds, counted, made, saved, shown, start_of
from aigc_demo.services.files import SOUND
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import Json, UseCase


def pad(store: Store, request: Pad) -> Iterator[Step[Sounds | None]]:
    """The sounds of 0 to 9, with the last step."""
    x = start_of(store, [request.seed] * 10)
    yield from made(store, x, range(10), request.steps, request.guidance)


def value(request: Pad, sounds: Sounds) -> Json:
    """All sounds side by side, each titled with its digit."""
    return shown(sounds, [str(digit) for digit in range(10)])


USE_CASE: UseCase[Pad, Sounds] = UseCase(
    run=pad,
    page=each(value),
    numbers=counted,
    file=saved,
    formats=SOUND,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Pad(),
)
