"""What the questions of the translators do, and the claims that they prove. Pictures come as (3, 64, 64) in [0, 1]."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.cyclegan.requests import CYCLE, Compare, Translate
from aigc_demo.services.experiments import Experiment, Side, course, stored
from aigc_demo.services.page_values import Array

KEY = 3  # the pair that is sent there and back
STEEP = 0.2  # difference to the next pixel from which on a pixel lies at an edge
LARGER = 4  # times that an error is shown larger than it is


def lost(store: Store, request: Translate, made: Any) -> list[Side]:
    """A picture, back again, and what was lost: at edges and elsewhere."""
    edge = edges(made.picture)
    error = np.clip(LARGER * made.cycle_error, 0, 1)[None].repeat(3, 0)
    panes = np.stack([made.picture, made.back, error]) * 2 - 1
    at, off = (float(made.cycle_error[where].mean()) for where in (edge, ~edge))
    return [Side({"edges": at, "elsewhere": off}, panes.astype(np.float32), 3, name="experiment.lost")]


def edges(picture: Array) -> Array:
    """Where a picture (3, H, W) changes from one pixel to the next, (H, W)."""
    across = np.abs(np.diff(picture, axis=2, append=picture[:, :, -1:])).max(0)
    down = np.abs(np.diff(picture, axis=1, append=picture[:, -1:])).max(0)
    return across + down > STEEP


def rows(store: Store, request: Compare, made: Any) -> list[Side]:
    """Eight pictures without the cycle term, with it, and as they were; how far they are from the truth."""
    return [
        Side(
            {"from_truth": float(getattr(made, f"{name}_error").mean())},
            getattr(made, name) * 2 - 1,
            4,
            name=f"cyclegan.row_{name}",
        )
        for name in ("nothing", "without", "cycle")
    ]


def early(store: Store, request: None, made: None) -> list[Side]:
    """The stored training: how far a translation is from the true pair, and what the first hundredth had done of it."""
    moments = stored(f"{CYCLE}-training")["moments"]
    whole, first, last = moments[-1]["pictures"], moments[0]["error"], moments[-1]["error"]
    begun = max((one for one in moments if one["pictures"] <= 0.015 * whole), key=lambda one: one["pictures"])
    measures = {
        "share_of_pictures": begun["pictures"] / whole,
        "share_of_way": (first - begun["error"]) / (first - last),
    }
    points = [(one["pictures"], one["error"]) for one in moments]
    return [course([points], "percent_off", "pictures_seen", measures)]


EXPERIMENTS = {
    "cyclegan.predict_training": Experiment(
        (),
        early,
        lambda whole: whole.measures["share_of_pictures"] < 0.015 and whole.measures["share_of_way"] > 0.7,
        sides=1,
        kind="lines",
    ),
    "cyclegan.predict_translate": Experiment(
        (Translate(KEY),),
        lost,
        lambda side: side.measures["edges"] > 2 * side.measures["elsewhere"],
        sides=1,
    ),
    "cyclegan.predict_compare": Experiment(
        (Compare(),),
        rows,
        lambda nothing, without, cycle: (
            without.measures["from_truth"] > nothing.measures["from_truth"] > cycle.measures["from_truth"]
        ),
        sides=3,
    ),
}
