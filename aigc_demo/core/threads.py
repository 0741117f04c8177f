"""How many threads a piece of work gets: measured on this machine, not guessed from its number of cores.

OpenMP's threads sleep while they wait (core/environment.py), and waking them costs about 0.1 ms for every operator. An
operator of one token or one picture takes less, so that two threads are slower than one; a large product is faster on
all cores. Where the operators are small but the batch is large, parts of the batch go side by side, one thread each,
which wakes a thread once per part instead of once per operator.

torch is imported by the first measurement, not by this file.
"""

import functools
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")
STALE = 60.0  # seconds after which a measurement may be repeated
SHIFT = 0.75  # by how many busy processes the load must have changed for that
TRIES = 5


@functools.cache
def cores() -> int:
    """Cores that this process may use: AIGC_CORES, or OMP_NUM_THREADS where that is more than one, or those it has."""
    for variable, least in (("AIGC_CORES", 1), ("OMP_NUM_THREADS", 2)):
        asked = os.environ.get(variable, "")
        if asked.isdecimal() and int(asked) >= least:
            return int(asked)
    allowed: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def load() -> float:
    """How many processes wanted a core during the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


class Choice:
    """One thread or all cores for one kind of work: what is quicker on `sample`, tried again as the load moves."""

    def __init__(self, sample: Callable[[], Callable[[], object]]):
        self.sample = sample
        self._lock = threading.Lock()
        self._count, self._at, self._load = 0, 0.0, 0.0

    def count(self) -> int:
        if cores() == 1:
            return 1
        if not self._count or time.monotonic() - self._at > STALE:
            with self._lock:
                if not self._count or abs(load() - self._load) > SHIFT:
                    self._count, self._load = self._measured(), load()
                self._at = time.monotonic()
        return self._count

    def _measured(self) -> int:
        work, best = self.sample(), dict.fromkeys((1, cores()), float("inf"))
        for _ in range(TRIES):
            for count in best:
                with using(count):
                    work()  # wakes what is to be awake
                    began = time.perf_counter()
                    work()
                    best[count] = min(best[count], time.perf_counter() - began)
        return min(best, key=lambda count: best[count])


def small_sample() -> Callable[[], object]:
    """Twelve operators of the size that one picture's have."""
    import torch

    x, weight = torch.zeros(256, 64), torch.zeros(64, 64)

    def work() -> None:
        with torch.inference_mode():
            for _ in range(6):
                torch.nn.functional.silu(x @ weight)

    return work


def large_sample() -> Callable[[], object]:
    """A product of the size that a prompt's have."""
    import torch

    x, weight = torch.zeros(256, 576), torch.zeros(576, 1536)

    def work() -> None:
        with torch.inference_mode():
            x @ weight

    return work


SMALL, LARGE = Choice(small_sample), Choice(large_sample)


@contextmanager
def using(count: int) -> Iterator[None]:
    """So many threads for what this thread runs inside."""
    import torch

    before = torch.get_num_threads()
    if before != count:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        if before != count:
            torch.set_num_threads(before)


def small() -> AbstractContextManager[None]:
    """For work of small operators: one token, a few pictures."""
    return using(SMALL.count())


def large() -> AbstractContextManager[None]:
    """For work of large operators: a prompt, a batch that is trained on."""
    return using(LARGE.count())


_pool: ThreadPoolExecutor | None = None
_lock = threading.Lock()


def side_by_side(works: Sequence[Callable[[], T]]) -> list[T]:
    """The results of all `works`, which run at the same time with one thread each; without a gradient."""
    global _pool
    import torch

    def alone(work: Callable[[], T]) -> T:
        with using(1), torch.inference_mode():
            return work()

    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(cores(), thread_name_prefix="part")
    waiting = [_pool.submit(alone, work) for work in works[1:]]
    first = alone(works[0])
    return [first, *(part.result() for part in waiting)]
