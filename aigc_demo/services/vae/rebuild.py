"""Squeeze a digit and rebuild it, with all four models (Kingma & Welling, 2013, arXiv:1312.6114)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae.autoencoders import (
    codes,
    grid,
    label_of,
    model_of,
    pictures,
    read,
    rounded,
    seen,
    sheet,
    signed,
)
from aigc_demo.services.vae.requests import ANY, KINDS, Rebuild, of_all_kinds, of_kind

AGAIN = 8  # pictures from fresh codes of one posterior


@dataclass(frozen=True)
class Rebuilt:
    """One model's view of one digit."""

    kind: str  # of KINDS
    mean: Array  # (D,) of the posterior
    deviation: Array  # (D,), zeros for an autoencoder
    picture: Array  # decoded from the mean
    error: Array  # picture - digit
    again: Array  # (N, 28, 28) decoded from fresh codes of the same posterior
    squared_error: float  # mean over the pixels
    kl_nats: float  # 0 for an autoencoder, which has none


@dataclass(frozen=True)
class Rebuilds:
    """A digit, rebuilt by every model."""

    picture: Array  # the digit as the models saw it
    digit: int  # the class that a CVAE was told: given, or as the judge read it
    rows: tuple[Rebuilt, ...]  # in the order of KINDS


@torch.inference_mode()
def rebuild(store: Store, request: Rebuild) -> Rebuilds:
    """The digit squeezed and rebuilt by all four models."""
    x = seen(store, request.sample, request.drawing)
    label = read(store, x) if request.digit == ANY else label_of(store, request.digit)
    rows = tuple(rebuilt(store, kind, x, label, request) for kind in KINDS)
    return Rebuilds(pictures(x)[0], int(label), rows)


def rebuilt(store: Store, kind: str, x: Tensor, label: Tensor, request: Rebuild) -> Rebuilt:
    """What one model makes of the digit (1, 1, 28, 28)."""
    model = model_of(store, of_kind(kind, request.code))
    q = model.encode(x, label)
    noise = codes(store, request.seed, AGAIN, model.config.latent)
    painted = model.paint(q.mean, label)
    again = pictures(model.paint(q.sample(noise), label))
    error = painted - x
    mean, deviation = (part[0].cpu().numpy() for part in (q.mean, q.deviation))
    squared = float(error.square().mean())
    kl = float(q.kl().sum()) if model.config.variational else 0.0
    return Rebuilt(kind, mean, deviation, pictures(painted)[0], pictures(error)[0], again, squared, kl)


def numbers(request: Rebuild, made: Rebuilds) -> Json:
    """The class, and every model's code, error and KL."""
    rows = [
        {
            "kind": row.kind,
            "mean": rounded(row.mean),
            "deviation": rounded(row.deviation),
            "squared_error": round(row.squared_error, 6),
            "kl_nats": round(row.kl_nats, 4),
        }
        for row in made.rows
    ]
    return {"digit": made.digit, "rows": rows}


def row_of(made: Rebuilt) -> list[Array]:
    """Rebuilt, error, and those from fresh codes."""
    return [made.picture, signed(made.error), *made.again]


def page(request: Rebuild, made: Rebuilds) -> Json:
    """The digit, then every model's row."""
    return sheet([made.picture, *(tile for row in made.rows for tile in row_of(row))], **numbers(request, made))


def still(request: Rebuild, run: Sequence[Rebuilds]) -> Pictures:
    """A row for every model, which begins with the digit."""
    made = run[-1]
    rows = [[made.picture, *row_of(row)] for row in made.rows]
    return Pictures([grid([tile for row in rows for tile in row], len(rows[0]))])


USE_CASE: UseCase[Rebuild, Rebuilds] = UseCase(
    run=rebuild,
    page=each(page),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: of_all_kinds(request.code),
    first=Rebuild(),
)
