"""A digit at several weights of the KL term (Higgins et al., beta-VAE, 2017)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import ANIMATION, Pictures
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae.autoencoders import (
    measured,
    model_of,
    moved_grid,
    pictures,
    rounded,
    seen,
    sheet,
    there_and_back,
    traversals,
)
from aigc_demo.services.vae.requests import TRAVERSE, Beta, nearest_beta, of_beta

DEAD = 0.01  # nats: a dimension that says less on average says nothing


@dataclass(frozen=True)
class Betas:
    """A digit at one trained beta."""

    beta: float  # the trained one that was used
    picture: Array
    rebuilt: Array
    reconstruction_nats: float  # -log p(x|z) at the mean, of this picture
    kl_dimensions: Array  # (D,) KL of this picture in nats, per dimension
    traversals: Array  # (D, 9, 28, 28): one dimension moved to the values of TRAVERSE, the others at the mean


@torch.inference_mode()
def beta(store: Store, request: Beta) -> Betas:
    """The digit at the trained beta that is nearest to the asked one."""
    trained = nearest_beta(request.beta)
    model = model_of(store, of_beta(trained))
    x = seen(store, request.sample, request.drawing)
    q = model.encode(x)
    logits = model.decode(q.mean)
    error = -float(model.log_likelihood(x, logits))
    kl = q.kl()[0].cpu().numpy()
    return Betas(trained, pictures(x)[0], pictures(logits.sigmoid())[0], error, kl, traversals(model, q))


def numbers(request: Beta, made: Betas) -> Json:
    """The trained beta, and what the digit costs in nats."""
    told = {"beta": made.beta, "reconstruction_nats": round(made.reconstruction_nats, 3)}
    return {**told, "kl_dimensions": rounded(made.kl_dimensions)}


def page(request: Beta, made: Betas) -> Json:
    """The digit, rebuilt, and every traversal; with the test set's figures of every trained beta.

    `order`: dimensions, those that say most first; `dead`: whether each says nothing on average.
    """
    found = measured("betas")
    runs = found.get("runs", [])
    told = numbers(request, made)
    mean = next((run["kl_dimensions"] for run in runs if run["beta"] == made.beta), None)
    nats = mean or told["kl_dimensions"]
    figures = {
        "asked": request.beta,
        "order": sorted(range(len(nats)), key=lambda place: -nats[place]),
        "mean_kl": mean,
        "dead": [dimension < found.get("dead_below", DEAD) for dimension in nats],
        "curve": sorted([run["beta"], run["reconstruction_nats"], run["kl_nats"]] for run in runs) or None,
        "values": TRAVERSE,
    }
    return sheet([made.picture, made.rebuilt, *np.concatenate(list(made.traversals))], **told, **figures)


def film(request: Beta, run: Sequence[Betas]) -> Pictures:
    """All dimensions moving, there and back; as a still, a row for each."""
    made = run[-1]
    moments = made.traversals.swapaxes(0, 1)  # (9, D, 28, 28)
    return Pictures(there_and_back(moments), moved_grid(made.picture, made.rebuilt, made.traversals))


USE_CASE: UseCase[Beta, Betas] = UseCase(
    run=beta,
    page=each(page),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    checkpoints=lambda request: (of_beta(nearest_beta(request.beta)),),
    first=Beta(),
)
