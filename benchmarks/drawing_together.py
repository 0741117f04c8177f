"""32 people who draw a digit of ten steps at the same time, against the same 32 one after the other.

The peer is ourselves, one request at a time, as the ratio shows what it is worth that equal work is computed together.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.services.service import Service
from benchmarks.measure import Result, Run, alternate, compare, stopwatch

PEOPLE, STEPS = 32, 10
Made = dict[str, list[Any]]  # "ours" or "peer" -> what every person got last


def service() -> Service:
    """The service on the weights that ship."""
    torch.set_flush_denormal(True)
    return Service(Store(Path(__file__).resolve().parent.parent / "assets", device="cpu"))


def at_once(
    name: str,
    unit: str,
    target: float,
    people: int,
    make: Callable[[int], Any],
    told: Callable[[Made], Any],
    rounds: int,
) -> Result:
    """`make(person)` for all people at once against one after the other; `told` gives facts about what was made."""
    made: Made = {}

    def together() -> None:
        with ThreadPoolExecutor(people) as pool:
            made["ours"] = list(pool.map(make, range(people)))

    def in_turn() -> None:
        made["peer"] = [make(person) for person in range(people)]

    def side(work: Callable[[], None]) -> Run:
        taken = stopwatch(work)
        return {"ms": taken["seconds"] / people * 1000, "cpu_ms": taken["cpu_seconds"] / people * 1000}

    make(0)  # loads the network
    runs = alternate({"ours": lambda: side(together), "peer": lambda: side(in_turn)}, rounds)
    processor = compare(name, "ms", target, runs, "cpu_ms").ratio
    facts = {"people": people, "cores": threads.cores(), **told(made), "ratio_of_processor_time": processor}
    return compare(name, unit, target, runs, "ms", [facts])


def run(rounds: int = 3) -> Result:
    found = service()

    def picture(person: int) -> np.ndarray:
        asked = {"digit": person % 10, "seed": person, "steps": STEPS, "guidance": 1.5}
        x: np.ndarray = found.result("diffusion_draw", asked).x
        return x

    def told(made: Made) -> dict[str, float]:
        gap = max(float(np.abs(a - b).max()) for a, b in zip(made["ours"], made["peer"], strict=True))
        return {"steps": STEPS, "largest_difference": gap}

    return at_once("drawing_together", "ms per picture", 3.0, PEOPLE, picture, told, rounds)
