"""Slow work is a generator of steps."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Step(Generic[T]):
    """One unit of slow work: `done` of `total` units are finished, `value` is what there is to see now."""

    done: int
    total: int
    value: T
