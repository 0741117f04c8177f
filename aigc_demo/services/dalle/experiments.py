"""What the question about DALL-E does, and the claim that it proves."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.dalle.requests import Draw
from aigc_demo.services.experiments import Experiment, Side


def finished(store: Store, request: Draw, drawn: Any) -> list[Side]:
    return [Side({}, drawn.picture[None], 1)]


def one_picture(*sides: Side) -> bool:
    """All of them are the same."""
    first, *others = (side.pictures for side in sides if side.pictures is not None)
    return all(np.array_equal(first, other) for other in others)


EXPERIMENTS = {
    "dalle.predict_greedy": Experiment(
        tuple(Draw(temperature=0, seed=seed) for seed in (1, 2, 3)), finished, one_picture, sides=3
    )
}
