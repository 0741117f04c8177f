"""What the question of music does, and the claim that it proves."""

from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.experiments import Experiment, Side
from aigc_demo.services.music.requests import Write


def broken(store: Store, request: Write, piece: Any) -> list[Side]:
    """The piano roll and the number of broken rules."""
    from aigc_demo.services.music.scores import drawn  # here, since a page is served without torch

    picture = np.asarray(drawn(piece), dtype=np.float32).transpose(2, 0, 1) / 127.5 - 1
    return [Side({"broken_rules": float(len(piece.faults))}, picture[None], 1)]


EXPERIMENTS = {
    "music.predict_hot": Experiment(
        tuple(Write(temperature=temperature, bars=12, top_p=1.0) for temperature in (0.3, 1.6)),
        broken,
        lambda cold, hot: hot.measures["broken_rules"] > 2 * cold.measures["broken_rules"],
    ),
}
