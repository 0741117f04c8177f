"""The similarity of every picture and every sentence (Radford et al., 2021, arXiv:2103.00020)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import claims, images
from aigc_demo.services.clip.requests import CHECKPOINT, ROW, Matrix
from aigc_demo.services.clip.vectors import clip_of, lines_of, samples, scale_of, tokens_of
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.scene_parts import picture_of, seen, small, verdict
from aigc_demo.services.use_case import Json, UseCase

SCALE = 3  # times that a saved picture is enlarged
CARD_ROWS = 3  # pictures side by side on the landing page


@dataclass(frozen=True)
class Similarities:
    """Every pair of N pictures and M sentences."""

    pictures: Array  # (N, 3, 64, 64) in [-1, 1]
    sentences: tuple[str, ...]
    cosines: tuple[tuple[float, ...], ...]  # a row for every sentence
    odds: tuple[tuple[float, ...], ...]  # softmax over the sentences, for every picture: columns sum to 1
    true: tuple[tuple[bool | None, ...], ...]  # whether a sentence holds, by the detector; None: it names no object


@torch.inference_mode()
def matrix(store: Store, request: Matrix) -> Similarities:
    sentences, model = lines_of(request.sentences), clip_of(store)
    x = samples(store)[request.first : request.first + ROW]
    if request.picture:
        x = torch.cat([x, picture_of(store, 0, request.picture)])
    cosines = model.encode_text(tokens_of(model, sentences)) @ model.encode_picture(x).T  # (M, N)
    odds = (scale_of(model) * cosines).softmax(0)
    shown = seen(store, x)
    readings = [claims.read(sentence) for sentence in sentences]
    true = tuple(tuple(verdict(reading, what).get("all") for what in shown) for reading in readings)
    rows = [tuple(tuple(row) for row in part.tolist()) for part in (cosines, odds)]
    return Similarities(x.cpu().numpy(), tuple(sentences), rows[0], rows[1], true)


def sheet(request: Matrix, made: Similarities) -> Json:
    """The pictures in a strip, and the matrix."""
    return tiles(made.pictures, **numbers(request, made))


def numbers(request: Matrix, made: Similarities) -> Json:
    """Sentences, cosines with a row for each, softmax over the sentences, and which pairs are true."""
    return plain(made)


def still(request: Matrix, run: Sequence[Similarities]) -> Pictures:
    """The pictures in the order of their columns."""
    return Pictures([images.grid(np.asarray(run[-1].pictures), len(run[-1].pictures), SCALE)])


def card(store: Store) -> Json:
    """The pictures that ship, three at a time."""
    x = samples(store).cpu().numpy()
    moments = np.concatenate(np.split(x, CARD_ROWS), axis=2)  # a row of the card above the other
    return {**tiles(moments), "h": x.shape[-2], "panes": [f"colour-{row}" for row in range(CARD_ROWS)]} | {
        "levels": [-1] * len(moments)
    }


USE_CASE: UseCase[Matrix, Similarities] = UseCase(
    run=matrix,
    page=each(sheet),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (CHECKPOINT,),
    small=small,
    first=Matrix(),
    card=card,
    warm=Matrix(),
)
