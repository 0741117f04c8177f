"""What the session of a visitor, or of a call of the API, takes at its beginning: ours beside Gradio's own.

Milliseconds and kB of one, on all our pages. Further figures: Python's search for garbage with the libraries loaded,
with all objects in it and with those left out that a slow search leaves (core/garbage.py).
"""

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from gradio.state_holder import SessionState

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.warm import warm
from aigc_demo.ui.app import build
from aigc_demo.ui.gradio_private import Sessions
from benchmarks.measure import Result, Run, alternate, compare, median, stopwatch

COUNT = 2  # sessions of a side in a round


def begun(make: Callable[[], Any]) -> Run:
    """Milliseconds and kB of one session."""
    spent = stopwatch(lambda: [make() for _ in range(COUNT)])["seconds"]
    tracemalloc.start()
    held = [make() for _ in range(COUNT)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"ms": 1000 * spent / len(held), "kb": taken / 1000 / len(held)}


def searches() -> dict[str, float]:
    """Objects and milliseconds of a search through all of them, and milliseconds after they are frozen."""
    gc.collect()
    found: dict[str, float] = {"objects": len(gc.get_objects())}
    for name in ("search_ms", "search_frozen_ms"):
        began = time.perf_counter()
        gc.collect()
        found[name] = 1000 * (time.perf_counter() - began)
        gc.freeze()
    gc.unfreeze()
    return found


def run(rounds: int = 3) -> Result:
    store = Store()
    demo = build(store, None)
    sessions = Sessions()
    sessions.set_blocks(demo)
    sides = {"ours": lambda: begun(sessions.new), "peer": lambda: begun(lambda: SessionState(demo))}
    runs = alternate(sides, rounds)
    warm(store)
    memory = {side: median(runs, f"{side}_kb") for side in ("ours", "peer")}
    return compare("sessions", "ms", 10, runs, "ms", [{"unit": "kB", **memory}, searches()])
