"""Write the tokens of a picture one by one (Ramesh et al., 2021, arXiv:2102.12092), or go on from some given ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.data.claims import Reading
from aigc_demo.models.dalle import DALLE
from aigc_demo.sampling.writing import Writer, chances, go_on
from aigc_demo.services.dalle.drawing import (
    Cell,
    autoencoder_of,
    cell_of,
    cells_value,
    cut_words,
    dalle_of,
    kept_tokens,
    patches_value,
    picture,
    sampling,
    strip,
    text_tokens,
)
from aigc_demo.services.dalle.requests import CHECKPOINT, CODES, Draw
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import ANIMATION, Pictures
from aigc_demo.services.page_values import Array, moving, newest, png
from aigc_demo.services.scene_parts import seen, understood, verdict
from aigc_demo.services.use_case import Json, UseCase

SHOWN = 4  # cells from one decoded picture to the next
SCALE = 6  # times that a saved picture is enlarged
BLANK: Array = np.zeros((3, 1, 1), np.float32)  # not decoded yet
ON_CARD = ("three frogs on a pink background", "一只狗在猫的左边，黄色背景", "a small house on black")


@dataclass(frozen=True)
class Drawn:
    """A picture under way or finished."""

    cells: tuple[Cell, ...]  # row by row, as far as it is written
    kept: int  # of them were given
    side: int
    picture: Array  # (3, H, W) in [-1, 1]
    cut: bool  # the end of the prompt did not fit
    finished: Json  # at the end: patches, and which claims of the prompt hold


@torch.inference_mode()
def draw(store: Store, request: Draw) -> Iterator[Step[Drawn]]:
    """The picture after every few cells."""
    reading = understood(request.prompt)
    model, autoencoder = dalle_of(store), autoencoder_of(store)
    side, cut = model.config.side, cut_words(model, request.prompt)
    kept, count = kept_tokens(model, request.kept), side * side
    given = torch.tensor([kept], dtype=torch.long)
    writer = Writer(
        model.drawing(ENGINES.writer(model.gpt)), model.to_draw(text_tokens(model, request.prompt), given), every=True
    )
    cells = given_cells(model, writer.read, kept)
    numbers = islice(chances(request.seed, count), len(kept), None)
    if len(kept) == count:
        yield Step(count, count, finished(store, reading, Drawn(tuple(cells), count, side, BLANK, cut, {})))
    for pick in go_on(writer, sampling(request), numbers):
        token = int(pick.token) - model.config.words
        cells.append(cell_of(model.picture_logits(pick.stages.softmax)[0], token))
        shown = picture(autoencoder, [cell.token for cell in cells], side) if len(cells) % SHOWN == 0 else None
        if len(cells) == count:
            made = Drawn(tuple(cells), len(kept), side, BLANK, cut, {})
            yield Step(count, count, finished(store, reading, made))
        elif shown is not None:
            yield Step(len(cells), count, Drawn(tuple(cells), len(kept), side, shown, cut, {}))


def given_cells(model: DALLE, logits: Tensor, kept: Sequence[int]) -> list[Cell]:
    """The cells that are kept, and what the model thought of them. logits (1, read, V) after the prompt and them."""
    odds = model.picture_logits(logits[0, logits.shape[1] - len(kept) - 1 :]).float().softmax(1)
    return [cell_of(odds[place], token) for place, token in enumerate(kept)]


def finished(store: Store, reading: Reading, made: Drawn) -> Drawn:
    """The whole picture decoded, with patches and what the detector says."""
    autoencoder = autoencoder_of(store)
    shown = picture(autoencoder, [cell.token for cell in made.cells], made.side)
    (found,) = seen(store, torch.from_numpy(shown)[None])
    facts = {**patches_value(autoencoder, made.cells), "verdict": verdict(reading, found)}
    return Drawn(made.cells, made.kept, made.side, shown, made.cut, facts)


# as it is looked at, told and saved


def grid(request: Draw, made: Drawn) -> Json:
    """Cells, picture and, at the end, patches."""
    value = {"side": made.side, "kept": made.kept, "cut": made.cut, "sheet": png(made.picture)}
    return {**value, **cells_value(made.cells), **made.finished, "done": bool(made.finished)}


def numbers(request: Draw, made: Drawn) -> Json:
    """The tokens with their probabilities and entropies, and at the end which claims of the prompt hold."""
    told = cells_value(made.cells)
    told.pop("rivals")
    return {**told, "kept": made.kept, "cut": made.cut, "verdict": made.finished.get("verdict")}


def film(request: Draw, run: Sequence[Drawn]) -> Pictures:
    """The picture as it was written."""
    return Pictures([images.to_pil(made.picture, SCALE) for made in run])


def card(store: Store) -> Json:
    """Three pictures being written, row by row."""
    made = [[step.value.picture for step in draw(store, Draw(prompt=prompt))][3::4] for prompt in ON_CARD]
    moments = [np.concatenate(frames, axis=1) for frames in zip(*made, strict=True)]
    panes = [f"colour-{place}" for place in range(len(ON_CARD))]
    return moving(strip(np.stack(moments)), len(moments), panes, made[0][0].shape[-1])


USE_CASE: UseCase[Draw, Drawn] = UseCase(
    run=draw,
    page=newest(grid),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    checkpoints=lambda request: (CHECKPOINT, CODES),
    any_engine=True,
    first=Draw(),
    card=card,
    warm=Draw(),
)
