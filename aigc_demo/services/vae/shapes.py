"""A drawn shape whose five factors are known: move one number of its code and see which factor answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import shapes as drawn
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae.autoencoders import (
    measured,
    model_of,
    moved_grid,
    pictures,
    rounded,
    sheet,
    there_and_back,
    traversals,
)
from aigc_demo.services.vae.requests import TRAVERSE, Shapes


@dataclass(frozen=True)
class Shaped:
    """A shape, rebuilt, and what every dimension of its code does."""

    picture: Array
    rebuilt: Array
    mean: Array  # (D,)
    deviation: Array  # (D,)
    traversals: Array  # (D, 9, 64, 64)


@torch.inference_mode()
def shapes(store: Store, request: Shapes) -> Shaped:
    """The shape rebuilt, and every dimension of its code moved."""
    factors = (drawn.SHAPES.index(request.shape), request.scale, request.rotation, request.x, request.y)
    x = drawn.draw(torch.tensor([factors])).to(store.device)
    model = model_of(store, checkpoint(request))
    q = model.encode(x)
    mean, deviation = (part[0].cpu().numpy() for part in (q.mean, q.deviation))
    return Shaped(pictures(x)[0], pictures(model.paint(q.mean))[0], mean, deviation, traversals(model, q))


def checkpoint(request: Shapes) -> str:
    return f"vae-shapes-beta{request.beta}-seed{request.training_seed}"


def numbers(request: Shapes, made: Shaped) -> Json:
    return {"mean": rounded(made.mean), "deviation": rounded(made.deviation)}


def page(request: Shapes, made: Shaped) -> Json:
    """The shape, rebuilt, and every traversal; with the share of every factor that each dimension tells."""
    runs = measured("shapes").get("runs", [])
    here = [run for run in runs if (run["beta"], run["seed"]) == (request.beta, request.training_seed)]
    figures = {
        "dimension": request.dimension - 1,
        "information": here[0]["information"] if here else None,
        "values": TRAVERSE,
    }
    moved = np.concatenate(list(made.traversals))
    return sheet([made.picture, made.rebuilt, *moved], **numbers(request, made), **figures)


def film(request: Shapes, run: Sequence[Shaped]) -> Pictures:
    """The asked dimension moving, there and back; as a still, a row for every dimension."""
    made = run[-1]
    moments = made.traversals[request.dimension - 1][:, None]  # (9, 1, 64, 64)
    return Pictures(there_and_back(moments), moved_grid(made.picture, made.rebuilt, made.traversals))


USE_CASE: UseCase[Shapes, Shaped] = UseCase(
    run=shapes,
    page=each(page),
    numbers=numbers,
    file=film,
    formats=("gif", "mp4", "png", "json"),
    checkpoints=lambda request: (checkpoint(request),),
    first=Shapes(),
)
