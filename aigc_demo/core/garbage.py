"""Python's search for circles of garbage, kept short while many are served, and freed memory given back.

A full search goes through every object of the process, 0.6 million once the libraries are loaded: a quarter of a
second in which nobody is answered (`python -m benchmarks sessions`), again and again under load. Nearly all of them are
code and weights and stay for good. So what is left after a slow search is frozen, that is, left out of the next ones
(`gc.freeze`). It is still freed when nothing refers to it any more, unless it is a circle; for these, everything is
searched once an hour.

What is freed stays with the process, in gaps between what is held (glibc). Once a minute the gaps are given back to
the system, which takes some milliseconds.
"""

import ctypes
import gc
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

SLOW = 0.05  # seconds of a search, from which on what it leaves is frozen
WHOLE = 3600  # seconds between two searches of everything
GAPS = 60  # seconds between two times that freed memory is given back


class Watch:
    """Called by Python at the beginning and at the end of each search."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.began = self.whole = self.given_back = clock()

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != 2:
            return
        if phase == "start":
            self.began = self.clock()
            if self.began - self.whole >= WHOLE:
                self.whole = self.began
                gc.unfreeze()
            return
        now = self.clock()
        if now - self.began >= SLOW:
            gc.freeze()
        if now - self.given_back >= GAPS:
            self.given_back = now
            give_back()


def give_back() -> None:
    """Give freed memory back to the system; elsewhere than under glibc nothing happens."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # musl has no such function
            ctypes.CDLL(None).malloc_trim(0)


def keep_short() -> None:
    """Freeze what there is, and from now on what a slow search leaves. Searching begins here, if it was off."""
    gc.freeze()
    gc.enable()
    gc.callbacks.append(Watch())
