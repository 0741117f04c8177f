"""32 people who draw a digit of ten steps at the same time, against the same 32 one after the other.

The peer is ourselves, one request at a time, as the ratio shows what it is worth that equal work is computed together.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.services.service import Service
from benchmarks.measure import Result, Run, alternate, compare, stopwatch

PEOPLE, STEPS = 32, 10


def run(rounds: int = 3) -> Result:
    torch.set_flush_denormal(True)
    service = Service(Store(Path(__file__).resolve().parent.parent / "assets", device="cpu"))
    drawn: dict[str, list[np.ndarray]] = {}

    def picture(person: int) -> np.ndarray:
        found: np.ndarray = service.result(
            "diffusion_draw", {"digit": person % 10, "seed": person, "steps": STEPS, "guidance": 1.5}
        ).x
        return found

    def at_once() -> None:
        with ThreadPoolExecutor(PEOPLE) as pool:
            drawn["ours"] = list(pool.map(picture, range(PEOPLE)))

    def in_turn() -> None:
        drawn["peer"] = [picture(person) for person in range(PEOPLE)]

    def side(work: str) -> Run:
        taken = stopwatch(at_once if work == "ours" else in_turn)
        return {"ms": taken["seconds"] / PEOPLE * 1000, "cpu_ms": taken["cpu_seconds"] / PEOPLE * 1000}

    picture(0)  # loads the network
    runs = alternate({name: lambda name=name: side(name) for name in ("ours", "peer")}, rounds)  # type: ignore[misc]
    gap = max(float(np.abs(a - b).max()) for a, b in zip(drawn["ours"], drawn["peer"], strict=True))
    processor = compare("drawing_together", "ms", 3.0, runs, "cpu_ms").ratio
    facts = {"people": PEOPLE, "steps": STEPS, "cores": threads.cores(), "largest_difference": gap}
    more = [{**facts, "ratio_of_processor_time": processor}]
    return compare("drawing_together", "ms per picture", 3.0, runs, "ms", more)
