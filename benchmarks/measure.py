"""What benchmarks share: alternating runs, medians, child processes, and the result as one JSON object."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
Run = dict[str, float]
T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """One comparison of figures of which less is better.

    `ratio` is peer / ours for times and sizes, so above 1 we win; a benchmark that turns it round says so.
    """

    name: str
    unit: str
    ours: float  # median
    peer: float  # median
    ratio: float
    limit: float  # what the ratio, or else our figure, is held to
    runs: list[Any] = field(default_factory=list)  # every single run, in order
    more: list[Any] = field(default_factory=list)  # further figures of the same runs, and what they were taken on

    def to_plain(self) -> dict[str, Any]:
        """As JSON wants it, numbers short."""
        return rounded({key: value for key, value in asdict(self).items() if key != "more" or value})


def rounded(value: Any) -> Any:
    """Four significant digits everywhere."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


def median(runs: list[Run], key: str) -> float:
    """Median of one figure over all runs."""
    return statistics.median(run[key] for run in runs)


def alternate(sides: dict[str, Callable[[], Run]], rounds: int) -> list[Run]:
    """Run all sides in turn, `rounds` times, so that a busy moment hits them alike.

    Every figure `f` of a side `s` comes back as "s_f". The order is turned round every time.
    """
    runs = []
    for i in range(rounds):
        order = list(sides) if i % 2 == 0 else list(sides)[::-1]
        found = {side: sides[side]() for side in order}
        runs.append({f"{side}_{key}": value for side in sides for key, value in found[side].items()})
    return runs


def stopwatch(work: Callable[[], object]) -> Run:
    """Seconds by the clock, and seconds of processor time of this process."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - clock, "cpu_seconds": time.process_time() - processor}


def at_best(work: Callable[[], T], tries: int = 2) -> tuple[int, Callable[[], T]]:
    """The number of threads, one or all cores, at which `work` takes least here, and the work at that number."""
    from aigc_demo.core import threads

    def at(count: int) -> Callable[[], T]:
        def run() -> T:
            with threads.using(count):
                return work()

        return run

    ways = {count: at(count) for count in sorted({1, threads.cores()})}
    spent = {count: min(stopwatch(way)["seconds"] for _ in range(tries)) for count, way in ways.items()}
    count = min(spent, key=lambda way: spent[way])
    return count, ways[count]


def compare(name: str, unit: str, limit: float, runs: list[Run], key: str, more: list[Any] | None = None) -> Result:
    """Result of two sides "ours" and "peer" by one figure; the ratio is the median of the ratios of the rounds."""
    ratio = statistics.median(run[f"peer_{key}"] / run[f"ours_{key}"] for run in runs)
    return Result(name, unit, median(runs, f"ours_{key}"), median(runs, f"peer_{key}"), ratio, limit, runs, more or [])


def cpu_features() -> str:
    """What of the CPU decides the speed of torch, how many cores there are, and how busy they have been of late."""
    import torch

    known: dict[str, object] = dict(torch.cpu.get_capabilities()) if hasattr(torch.cpu, "get_capabilities") else {}
    units = sorted(
        name for name, value in known.items() if value is True and name.startswith(("avx", "amx", "neon", "sve"))
    )
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{' '.join(units) or torch.backends.cpu.get_cpu_capability()}, {os.cpu_count()} cores{load}"


def environment(**changes: str) -> dict[str, str]:
    """Environment of a child: this project on its path, nothing that reaches outside."""
    quiet = {"PYTHONPATH": str(ROOT), "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    return {**os.environ, **quiet, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", **changes}


CHILD = """
import json, sys, time
from benchmarks.measure import peak_megabytes
{code}
sys.stdout.write("\\n" + json.dumps({{"cpu_seconds": time.process_time(), "peak_mb": peak_megabytes()}}))
"""


def peak_megabytes() -> float:
    """Largest resident memory of this process so far; not its parent's, which getrusage mixes in on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS


def fresh_interpreter(code: str, *arguments: str) -> Run:
    """Run `code` in a new interpreter: seconds from outside, its processor time and its largest resident memory."""
    command = [sys.executable, "-c", CHILD.format(code=code), *arguments]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"The child ended with an error: {done.stderr[-800:]}")
    return {"seconds": seconds, **json.loads(done.stdout.strip().splitlines()[-1])}


@contextmanager
def server(command: list[str], folder: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """A child that serves, from a checkout of the project; ended when the block is left."""
    own = environment(PYTHONPATH=str(folder))
    child = subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
