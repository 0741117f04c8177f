"""How likely a picture is as a digit (Burda et al., 2015, arXiv:1509.00519)."""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.vae import bound
from aigc_demo.services import first_results
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae import odd_pictures
from aigc_demo.services.vae.autoencoders import codes, grid, measured, model_of, pictures, seen, sheet, signed
from aigc_demo.services.vae.requests import Anomaly, of_beta

CODES = 64  # K of the bound
BINS = 32  # of the histogram of bounds


@dataclass(frozen=True)
class Likelihood:
    """How a picture fares as a digit."""

    picture: Array
    rebuilt: Array
    error: Array
    bound_nats: float  # importance weighted bound on log p(x), eq. 8 of arXiv:1509.00519
    rank: float  # share of the test digits that are less likely, 0 to 1; NaN where their bounds do not ship


@torch.inference_mode()
def anomaly(store: Store, request: Anomaly) -> Likelihood:
    """The bound with 64 codes, and its place among the test digits."""
    picture = odd_pictures.picture(
        request.odd, request.seed, lambda: pictures(seen(store, request.sample, request.drawing))[0]
    )
    x = torch.from_numpy(picture)[None, None].to(store.device)
    model = model_of(store, of_beta(1))
    noise = codes(store, request.seed, CODES, model.config.latent)[:, None]
    rebuilt = model.paint(model.encode(x).mean)
    nats = float(bound(model.log_weights(x, noise)))
    return Likelihood(picture, pictures(rebuilt)[0], pictures(rebuilt - x)[0], nats, rank(store, nats))


def rank(store: Store, nats: float) -> float:
    """Share of the test digits with a lower bound; NaN where their bounds do not ship."""
    bounds = (first_results.read("vae-anomaly", Path(store.assets) / "examples") or {}).get("bounds")
    return bisect.bisect_left(bounds, nats) / len(bounds) if bounds else math.nan


def numbers(request: Anomaly, made: Likelihood) -> Json:
    """The bound, and its rank where that is known."""
    return {"bound_nats": round(made.bound_nats, 3), "rank": None if math.isnan(made.rank) else made.rank}


def panes(made: Likelihood) -> list[Array]:
    """The picture, rebuilt, and where they differ."""
    return [made.picture, made.rebuilt, signed(made.error)]


def page(request: Anomaly, made: Likelihood) -> Json:
    """The three pictures; with the histogram of the bounds of test digits.

    Those few that lie far below the others share its first bar.
    """
    bounds = sorted(measured("anomaly").get("bounds", []))
    return sheet(panes(made), **numbers(request, made), histogram=histogram(bounds), tests=len(bounds))


def histogram(bounds: list[float]) -> Json | None:
    """{"low", "high", "counts"} of bounds in order; None without any."""
    if not bounds:
        return None
    low, high = bounds[len(bounds) // 200], bounds[-1]
    low, high = 10 * math.floor((low - 0.1 * (high - low)) / 10), 10 * math.ceil(high / 10)
    counts = [0] * BINS
    for nats in bounds:
        place = int((nats - low) / (high - low) * BINS)
        counts[min(max(place, 0), BINS - 1)] += 1
    return {"low": low, "high": high, "counts": counts}


def still(request: Anomaly, run: Sequence[Likelihood]) -> Pictures:
    """The three pictures side by side."""
    return Pictures([grid(panes(run[-1]), 3)])


USE_CASE: UseCase[Anomaly, Likelihood] = UseCase(
    run=anomaly,
    page=each(page),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (of_beta(1),),
    first=Anomaly(),
)
