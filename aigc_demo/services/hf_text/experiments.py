"""What the question of SmolLM2 shows, and the claim that it proves: recorded, since the model may not be there."""

import json
import re
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services import first_results
from aigc_demo.services.experiments import Experiment, Side

SUMS = first_results.EXAMPLES / "smollm2-sums.json"  # [[a, b, answer to "What is {a} times {b}?"]], temperature 0


def sums(store: Store, request: None, made: None) -> list[Side]:
    """What it answered to products, at temperature 0; whether the right number stands in the answer."""
    return [
        Side(
            {"product": a * b},
            text=f"{a} × {b}?\n\n{answer}",
            name=f"experiment.sum_{place}",
        )
        for place, (a, b, answer) in enumerate(json.loads(SUMS.read_text("utf-8")))
    ]


def wrong(hard: Side, easy: Side) -> bool:
    """It names a result of both, and only that of the easy one is right."""
    found = [int(re.findall(r"= (\d+)", side.text)[0]) for side in (hard, easy)]
    return found[0] != hard.measures["product"] and found[1] == easy.measures["product"]


EXPERIMENTS: dict[str, Any] = {"hf_text.predict_chat": Experiment((), sums, wrong, kind="text")}
