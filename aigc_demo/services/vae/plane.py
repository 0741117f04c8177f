"""Decode one point of the plane with all four models. The page does it in the browser, see ui/tabs/vae/plane.js."""

import math
from collections.abc import Sequence

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, moving, png
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae.autoencoders import grid, label_of, model_of, pictures, sheet
from aigc_demo.services.vae.requests import KINDS, Plane, of_all_kinds, of_kind

ON_CARD, FRAMES, RADIUS = ("ae", "vae", "beta4"), 36, 1.6  # on the landing page: a circle on the plane


@torch.inference_mode()
def plane(store: Store, request: Plane) -> Array:
    """The point decoded by all four models, (4, 28, 28) in the order of KINDS."""
    z = torch.tensor([[request.x, request.y]], device=store.device)
    label = label_of(store, request.digit)
    return np.concatenate([pictures(model_of(store, of_kind(kind, 2)).paint(z, label)) for kind in KINDS])


def numbers(request: Plane, made: Array) -> Json:
    """28 rows of 28 shares of ink for every kind."""
    return {kind: picture.round(4).tolist() for kind, picture in zip(KINDS, made, strict=True)}


def page(request: Plane, made: Array) -> Json:
    return sheet(made)


def still(request: Plane, run: Sequence[Array]) -> Pictures:
    return Pictures([grid(run[-1], len(KINDS))])


def card(store: Store) -> Json:
    """One point going round on the plane, as three models decode it: a column per moment, a row per model."""
    turns = [2 * math.pi * i / FRAMES for i in range(FRAMES)]
    moments = [plane(store, Plane(x=RADIUS * math.cos(turn), y=RADIUS * math.sin(turn))) for turn in turns]
    columns = [np.concatenate([moment[KINDS.index(kind)] for kind in ON_CARD]) for moment in moments]
    return moving(png(np.concatenate(columns, axis=1)[None] * 2 - 1), FRAMES, ON_CARD, 28)


USE_CASE: UseCase[Plane, Array] = UseCase(
    run=plane,
    page=each(page),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: of_all_kinds(2),
    first=Plane(),
    card=card,
    warm=Plane(),
)
