"""Python's search for circles of garbage, kept short while many are served.

A full search goes through every object of the process, 0.6 million once the libraries are loaded: a quarter of a
second in which nobody is answered (`python -m benchmarks sessions`), again and again under load. Nearly all of them are
code and weights and stay for good. So what is left after a slow search is frozen, that is, left out of the next ones
(`gc.freeze`). It is still freed when nothing refers to it any more, unless it is a circle; for these, everything is
searched once an hour.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

SLOW = 0.05  # seconds of a search, from which on what it leaves is frozen
WHOLE = 3600  # seconds between two searches of everything


class Watch:
    """Called by Python at the beginning and at the end of each search."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.began = self.whole = clock()

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != 2:
            return
        if phase == "start":
            self.began = self.clock()
            if self.began - self.whole >= WHOLE:
                self.whole = self.began
                gc.unfreeze()
        elif self.clock() - self.began >= SLOW:
            gc.freeze()


def keep_short() -> None:
    """Freeze what there is, and from now on what a slow search leaves. Searching begins here, if it was off."""
    gc.freeze()
    gc.enable()
    gc.callbacks.append(Watch())
