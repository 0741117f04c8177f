"""Resident memory of the app before anybody has run anything, in MB of 2^20 bytes; the limit is on ours.

Taken when everything that loads behind the page is loaded. The peer is a bare Gradio page with as many components.
"""

import psutil

from benchmarks import page
from benchmarks.measure import Result, Run, alternate, compare, server


def resident(command: list[str], port: int) -> Run:
    """Megabytes when the page first answers, and when the process has come to rest."""
    with server(command) as child:
        page.wait(port)
        process = psutil.Process(child.pid)
        first = process.memory_info().rss / 2**20
        page.settle(process)
        return {"mb_at_first_answer": first, "mb": process.memory_info().rss / 2**20}


def run(rounds: int = 3) -> Result:
    port = page.port()
    with server(page.ours(port)) as _:
        page.wait(port)
        kinds = page.kinds(port)
    sides = {
        "ours": lambda: resident(page.ours(port), port),
        "peer": lambda: resident(page.bare(port, kinds), port),
    }
    return compare("memory", "MB", 450, alternate(sides, rounds), "mb")
