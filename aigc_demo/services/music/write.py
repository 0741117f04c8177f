"""Write a chorale for four voices, beat by beat."""

from collections.abc import Iterator
from dataclasses import replace

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import sound_font
from aigc_demo.services.music.composing import Piece, compose, language_model, task_of
from aigc_demo.services.music.requests import KEYS, Write
from aigc_demo.services.music.scores import FORMATS, numbers, page, score
from aigc_demo.services.use_case import Json, UseCase

CARD = 32  # steps of the music on the card of the landing page


def write(store: Store, request: Write) -> Iterator[Step[Piece]]:
    """The piece after every beat; BadRequestError where the opening does not fit the other settings, UnavailableError
    where the instrument cannot be played here."""
    sound_font.needed(request.instrument)
    task = replace(task_of(request, KEYS.index(request.key)), bars=request.bars)
    yield from compose(language_model(store, request.model), task)


def card(store: Store) -> Json:
    """The first bars of the first chorale, whose notes come one after the other on the card of the landing page."""
    *_, last = write(store, Write())
    return {"roll": last.value.chorale.voices[:, :CARD].tolist(), "panes": []}


USE_CASE: UseCase[Write, Piece] = UseCase(
    run=write,
    page=page,
    numbers=numbers,
    file=score,
    formats=FORMATS,
    checkpoints=lambda request: (request.model,),
    any_engine=True,
    first=Write(),
    card=card,
    warm=Write(bars=2),
)
