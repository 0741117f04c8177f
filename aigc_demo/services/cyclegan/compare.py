"""Translate a row of held-out emoji with the cycle term and without, beside the true pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.cyclegan.requests import CYCLE, ROWS, WITHOUT, Compare
from aigc_demo.services.cyclegan.translators import backwards, cross_fade, grid, model_of, pairs, shown
from aigc_demo.services.files import ANIMATION, Pictures
from aigc_demo.services.page_values import Array, each, tiles
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class Compared:
    """A row of pictures, (8, 3, 64, 64) float32 in [0, 1] each, and how far each picture is from the truth, (8,)."""

    nothing: Array  # the pictures themselves
    without: Array  # translated by the model that was trained without the cycle term
    cycle: Array  # translated by the one with it
    truth: Array
    nothing_error: Array  # a share of the way from black to white
    without_error: Array
    cycle_error: Array


@torch.inference_mode()
def compare(store: Store, request: Compare) -> Compared:
    """A row of held-out emoji as they are, without the cycle term, with it, and as the other vendor draws them."""
    start = 8 * ROWS.index(request.row)
    x, truth = (side[start : start + 8] for side in pairs(store, request.direction))
    made = [model_of(store, name).translator(backwards(request.direction))(x) for name in (WITHOUT, CYCLE)]
    rows = [x, *made]
    errors = [((row - truth).abs().flatten(1).mean(1) / 2).cpu().numpy() for row in rows]
    return Compared(*(shown(row) for row in (*rows, truth)), *errors)


def numbers(request: Compare, made: Compared) -> Json:
    """How far every picture of every row is from the truth."""
    errors = {name: getattr(made, f"{name}_error") for name in ("nothing", "without", "cycle")}
    told = {name: [round(float(error), 4) for error in row] for name, row in errors.items()}
    return {"direction": request.direction, "errors": told}


def pictures(made: Compared) -> Array:
    """Eight of each (32, 3, 64, 64): as they are, without the cycle term, with it, the truth."""
    return np.concatenate([made.nothing, made.without, made.cycle, made.truth])


def sheet(request: Compare, made: Compared) -> Json:
    """All pictures in a row, with their errors."""
    return tiles(pictures(made) * 2 - 1, **numbers(request, made))


def film(request: Compare, run: Sequence[Compared]) -> Pictures:
    """The row going over into its translation and back; as a still, a row for each way."""
    made = run[-1]
    return Pictures(cross_fade(made.nothing, made.cycle, made.nothing), grid(list(pictures(made)), len(made.truth)))


USE_CASE: UseCase[Compare, Compared] = UseCase(
    run=compare,
    page=each(sheet),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    checkpoints=lambda request: (CYCLE, WITHOUT),
    first=Compare(),
)
