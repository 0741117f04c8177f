"""Alto, tenor and bass to a melody that stays as it is: it is given a bar ahead, so that a cadence is prepared."""

from collections.abc import Iterator
from dataclasses import replace

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data import sound_font
from aigc_demo.services.music.composing import Piece, compose, language_model, task_of
from aigc_demo.services.music.melodies import key_for, melody_of, text_of
from aigc_demo.services.music.requests import Harmonise
from aigc_demo.services.music.scores import FORMATS, numbers, page, score
from aigc_demo.services.use_case import UseCase


def harmonise(store: Store, request: Harmonise) -> Iterator[Step[Piece]]:
    """The piece after every beat; BadRequestError where the melody cannot be sung or the upbeat fills a bar,
    UnavailableError where the instrument cannot be played here."""
    sound_font.needed(request.instrument)
    if request.upbeat >= request.metre:
        raise BadRequestError("music.upbeat_long", metre=request.metre, upbeat=request.upbeat)
    melody = melody_of(request.melody, request.metre)
    task = replace(task_of(request, key_for(melody, request.key)), melody=melody, upbeat=request.upbeat)
    yield from compose(language_model(store, request.model), task)


def small(request: Harmonise) -> Harmonise:
    """The request with its melody written out, where it came as a file."""
    return replace(request, melody=text_of(melody_of(request.melody, request.metre)))


USE_CASE: UseCase[Harmonise, Piece] = UseCase(
    run=harmonise,
    page=page,
    numbers=numbers,
    file=score,
    formats=FORMATS,
    checkpoints=lambda request: (request.model,),
    any_engine=True,
    small=small,
    first=Harmonise(),
)
