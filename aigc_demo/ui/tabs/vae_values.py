"""Results of the autoencoders as the tab's views take them: the shared sheet and numbers, and what a view adds."""

import base64
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from aigc_demo.services import home
from aigc_demo.services.vae import checkpoints, sheets
from aigc_demo.services.vae.requests import Beta, Shapes, Walk
from aigc_demo.services.vae.results import TRAVERSE

STEM = "vae-digits"
BINS = 32  # of the histogram of bounds
DEAD = 0.01  # nats: a dimension that says less on average says nothing


def live(result: Any) -> dict[str, Any]:
    """A result of any use-case as a value: its sheet inside the value, so that it needs no second request."""
    picture, facts = sheets.value(result)
    return {"sheets": [{"url": f"data:image/png;base64,{base64.b64encode(picture).decode()}"}], **facts}


def shipped(name: str) -> dict[str, Any] | None:
    """The first result of a use-case that ships; None when it is not there."""
    return home.shipped_run(STEM, use_case=name)


@cache
def measured(name: str, folder: Path = home.EXAMPLES) -> Any:
    """What was measured on the shipped weights, `assets/examples/vae-<name>.json`; None when it is not there."""
    try:
        return json.loads((folder / f"vae-{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None


def walk(value: dict[str, Any], request: Walk) -> dict[str, Any]:
    """With how long a code of the prior is on average: the mean of a chi distribution."""
    half = request.code / 2
    return {**value, "typical": math.sqrt(2) * math.exp(math.lgamma(half + 0.5) - math.lgamma(half))}


def beta(value: dict[str, Any], request: Beta) -> dict[str, Any]:
    """With the test set's figures of every trained beta; dimensions that say most come first."""
    found = measured("betas") or {}
    runs = found.get("runs", [])
    here = next((run for run in runs if run["beta"] == value["beta"]), None)
    mean = here["kl_dimensions"] if here else None
    sort_by = mean or value["kl_dimensions"]
    order = sorted(range(len(sort_by)), key=lambda place: -sort_by[place])
    dead = [nats < found.get("dead_below", DEAD) for nats in sort_by]
    curve = sorted([run["beta"], run["reconstruction_nats"], run["kl_nats"]] for run in runs)
    added = {"asked": request.beta, "order": order, "mean_kl": mean, "dead": dead, "curve": curve or None}
    return {**value, **added, "values": TRAVERSE}


def nearest_beta(request: Beta) -> float:
    """The trained beta that answers."""
    return checkpoints.nearest(request.beta)


def shapes(value: dict[str, Any], request: Shapes) -> dict[str, Any]:
    """With the share of every factor that each dimension tells."""
    runs = (measured("shapes") or {}).get("runs", [])
    here = [run for run in runs if (run["beta"], run["seed"]) == (request.beta, request.training_seed)]
    information = here[0]["information"] if here else None
    return {**value, "dimension": request.dimension - 1, "information": information, "values": TRAVERSE}


def scores() -> list[dict[str, Any]]:
    """One row per beta: {"beta", "mig": (mean, least, most), "sap": ..., "factor_score": ...}."""
    runs = (measured("shapes") or {}).get("runs", [])
    rows = []
    for weight in sorted({run["beta"] for run in runs}):
        row: dict[str, Any] = {"beta": weight}
        for name in ("mig", "sap", "factor_score"):
            found = [run[name] for run in runs if run["beta"] == weight]
            row[name] = (sum(found) / len(found), min(found), max(found))
        rows.append(row)
    return rows


def anomaly(value: dict[str, Any]) -> dict[str, Any]:
    """With the histogram of the bounds of test digits; those few that lie far below the others share its first bar."""
    bounds = sorted((measured("anomaly") or {}).get("bounds", []))
    if not bounds:
        return {**value, "histogram": None, "tests": 0}
    low, high = bounds[len(bounds) // 200], bounds[-1]
    low, high = 10 * math.floor((low - 0.1 * (high - low)) / 10), 10 * math.ceil(high / 10)
    counts = [0] * BINS
    for nats in bounds:
        place = int((nats - low) / (high - low) * BINS)
        counts[min(max(place, 0), BINS - 1)] += 1
    return {**value, "histogram": {"low": low, "high": high, "counts": counts}, "tests": len(bounds)}
