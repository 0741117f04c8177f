"""From the start of the process to a page that answers: our app against a bare Gradio page with as many components.

The ratio is ours / bare here: how much longer a person waits for ours.
"""

import statistics
import time

import psutil

from benchmarks import page
from benchmarks.measure import Result, Run, alternate, median, server


def start(command: list[str], port: int) -> Run:
    """Seconds until the page answers, and the processor time that took."""
    began = time.perf_counter()
    with server(command) as child:
        page.wait(port)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "cpu_seconds": page.processor(psutil.Process(child.pid))}


def run(rounds: int = 5) -> Result:
    port = page.port()
    with server(page.ours(port)) as _:
        page.wait(port)
        kinds = page.kinds(port)
    start(page.bare(port, kinds), port)  # both have run once before anything is measured
    sides = {"ours": lambda: start(page.ours(port), port), "peer": lambda: start(page.bare(port, kinds), port)}
    runs = alternate(sides, rounds)
    ratio = statistics.median(run["ours_seconds"] / run["peer_seconds"] for run in runs)
    work = statistics.median(run["ours_cpu_seconds"] / run["peer_cpu_seconds"] for run in runs)
    more = [{"components": sum(kinds.values()), "ratio_of_processor_time": work}]
    return Result("app_start", "s", median(runs, "ours_seconds"), median(runs, "peer_seconds"), ratio, 1.3, runs, more)
