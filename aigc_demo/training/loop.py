"""When to log, when to save, when to stop: the part of training that is about time. The mathematics is the recipe's."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

logger = logging.getLogger(__name__)

Metrics = dict[str, float]


@dataclass(frozen=True)
class Budget:
    """How long to train: whichever of the two ends first, counted over all sittings."""

    steps: int
    minutes: float = float("inf")

    def progress(self, step: int, seconds: float) -> float:
        """Share of the budget that is used, 0 to 1; learning rates follow it."""
        return min(1.0, max(step / self.steps, seconds / 60 / self.minutes))


@dataclass
class Clock:
    """Where a run stands; saved with it, so that a run goes on where it stopped."""

    step: int = 0
    seconds: float = 0.0


def fit(
    step: Callable[[float], Metrics],
    save: Callable[[Metrics], None],
    budget: Budget,
    clock: Clock,
    *,
    log_every: int = 50,
    save_every: float = 120.0,
) -> Metrics:
    """Call `step(progress)` until the budget is used, `save(metrics)` every `save_every` seconds and at the end.

    Returns the running mean of the metrics (half-life about 70 steps). SIGTERM ends the program with exit code 0 after
    the step that is under way and a last `save`.
    """
    mean: Metrics = {}
    last = saved = time.monotonic()
    with termination() as asked:
        while not asked.is_set() and (progress := budget.progress(clock.step, clock.seconds)) < 1:
            metrics = step(progress)
            clock.step += 1
            now = time.monotonic()
            clock.seconds, last = clock.seconds + now - last, now
            mean = {name: 0.99 * mean.get(name, value) + 0.01 * value for name, value in metrics.items()}
            if clock.step % log_every == 0:
                terms = "  ".join(f"{name} {value:.4f}" for name, value in mean.items())
                logger.info("step %d  %.1f min  %s", clock.step, clock.seconds / 60, terms)
            if now - saved > save_every:
                save(mean)
                saved = now
        save(mean)
        if asked.is_set():
            logger.info("stopped at step %d; the same command goes on from there", clock.step)
            sys.exit(0)
    return mean


@contextmanager
def termination() -> Iterator[threading.Event]:
    """Set when this process is asked to end (SIGTERM) meanwhile; in a thread beside the main one it never is."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before)


def endless(size: int, batch: int, seed: int) -> Iterator[list[int]]:
    """Index batches without end: every item once per epoch, in an order that the seed fixes."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(size, generator=generator)
        yield from (chunk.tolist() for chunk in torch.split(order, batch) if len(chunk) == batch)
