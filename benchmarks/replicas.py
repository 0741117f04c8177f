"""Work in replicas by Ray Serve, against the same work in one process: what a crowd gets, and what a step alone costs.

    python -m benchmarks replicas                    AIGC_REPLICAS=2
    AIGC_REPLICAS=1 python -m benchmarks replicas

Needs requirements-scale.txt. Processor time of "ours" is that of all processes: replicas, what Ray runs for them, and
the front; that of the peer is of this process alone.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psutil

from aigc_demo.services import replicas
from aigc_demo.services.service import Service
from benchmarks.drawing_together import service
from benchmarks.measure import Result, Run, alternate, compare, median

PEOPLE, STEPS = 16, 50  # of a crowd, each of whom wants a digit
ALONE, TOKENS = 200, 400  # denoising steps and tokens of one person
Work = Callable[[Service], Any]


def processor_seconds(all_of_them: bool) -> float:
    """Processor time of this process, or also of all that it has started and that is still there."""
    total, me = 0.0, psutil.Process()
    for process in (me, *(me.children(recursive=True) if all_of_them else ())):
        try:
            taken = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += taken.user + taken.system
    return total


def crowd(found: Service) -> None:
    """A digit for everyone at once."""
    asked = [{"digit": person % 10, "seed": person, "steps": STEPS} for person in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(lambda values: found.result("diffusion_draw", values), asked))


def steps(found: Service) -> None:
    """One digit of many steps."""
    found.result("diffusion_draw", {"digit": 3, "seed": 1, "steps": ALONE})


def text(found: Service) -> None:
    """One text."""
    found.result("gpt_write", {"seed": 1, "length": TOKENS})


def run(rounds: int = 3) -> Result:
    os.environ.setdefault("AIGC_REPLICAS", "2")
    os.environ.setdefault("RAY_worker_niceness", "0")
    plain, helpers = service(), replicas.start()
    sides = {"ours": Service(plain.store, helpers), "peer": plain}

    def side(name: str, work: Work, pieces: int) -> Run:
        before, begun = processor_seconds(name == "ours"), time.perf_counter()
        work(sides[name])
        taken, after = time.perf_counter() - begun, processor_seconds(name == "ours")
        return {"ms": taken / pieces * 1000, "cpu_ms": (after - before) / pieces * 1000}

    def timed(work: Work, pieces: int) -> list[Run]:
        for name in sides:
            side(name, work, pieces)  # loads the networks
        return alternate({name: partial(side, name, work, pieces) for name in sides}, rounds)

    try:
        runs = timed(crowd, PEOPLE)
        alone = {"a step alone": timed(steps, ALONE), "a token alone": timed(text, TOKENS)}
    finally:
        replicas.stop(helpers)
    more: list[Any] = [{"work": name, **{key: median(made, key) for key in made[0]}} for name, made in alone.items()]
    facts: dict[str, Any] = {"people": PEOPLE, "steps": STEPS, "replicas": os.environ["AIGC_REPLICAS"]}
    facts["ratio_of_processor_time"] = compare("replicas", "ms", 0.0, runs, "cpu_ms").ratio
    return compare("replicas", "ms per picture", 1.0, runs, "ms", [facts, *more])
