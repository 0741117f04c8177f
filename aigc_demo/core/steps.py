"""Slow work is a generator of steps."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Step(Generic[T_co]):
    """One unit of slow work: `done` of `total` units are finished, `value` is what there is to see now.

    note: key of a sentence of error.toml that a person is told beside it, mostly "".
    """

    done: int
    total: int
    value: T_co
    note: str = ""


def timed(work: Iterator[T]) -> Iterator[tuple[T, float]]:
    """Everything that `work` yields, with the milliseconds spent on it and all before it; waits are not counted."""
    spent, began = 0.0, time.perf_counter()
    for made in work:
        spent += time.perf_counter() - began
        yield made, spent * 1000
        began = time.perf_counter()
