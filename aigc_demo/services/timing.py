"""Milliseconds of networks that do the same work: in turns, so that whatever else runs slows both."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from aigc_demo.core import threads

T = TypeVar("T")

ROUNDS = 5


@torch.inference_mode()
def medians(works: Sequence[Callable[[], object]], rounds: int = ROUNDS) -> tuple[float, ...]:
    """Median milliseconds of each, in turns, after each was done once."""
    found: list[list[float]] = [[] for _ in works]
    with threads.small():
        for turn in range(rounds + 1):
            for work, spent in zip(works, found, strict=True):
                began = time.perf_counter()
                work()
                if turn:
                    spent.append(1000 * (time.perf_counter() - began))
    return tuple(statistics.median(spent) for spent in found)


def quickest(works: Sequence[Callable[[], T]], rounds: int) -> list[tuple[T, float]]:
    """What each gives, and its shortest time in milliseconds, in turns, after each was done once."""
    results = [work() for work in works]
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            began = time.perf_counter()
            results[place] = work()
            best[place] = min(best[place], 1000 * (time.perf_counter() - began))
    return list(zip(results, best, strict=True))
