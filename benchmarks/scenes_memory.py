"""Resident memory that all models of captioned scenes add to the idle app, in MB of 2^20 bytes; the limit is on it.

Every use case of text to image, DALL-E and CLIP that needs no library beside our own runs once, through the API.
"""

import json
import urllib.request
from dataclasses import asdict

import psutil

from aigc_demo.services.use_case import request_class, requests_of
from benchmarks import page
from benchmarks.measure import Result, Run, server

LIMIT = 350
FAMILIES = ("text2image", "dalle", "clip")
LIBRARY = "beside"  # the use case that opens a library


def ask(number: int, name: str) -> None:
    """Run a use case with its defaults and wait for its answer."""
    address = f"http://127.0.0.1:{number}/gradio_api/call/{name}"
    values = [*asdict(request_class(name)()).values(), ""]  # the last one is the format of the file
    wish = urllib.request.Request(address, json.dumps({"data": values}).encode(), {"Content-Type": "application/json"})
    with page.OPENER.open(wish, timeout=page.PATIENCE) as answer:
        event = json.loads(answer.read())["event_id"]
    with page.OPENER.open(f"{address}/{event}", timeout=page.PATIENCE) as answer:
        said = answer.read().decode()
    if "event: complete" not in said:
        raise RuntimeError(f"{name}: {said[-300:]}")


def measured() -> Run:
    """Megabytes at rest before and after."""
    number = page.port()
    with server(page.ours(number)) as child:
        page.wait(number)
        process = psutil.Process(child.pid)
        page.settle(process)
        idle = process.memory_info().rss / 2**20
        for name in (f"{family}_{use_case}" for family in FAMILIES for use_case in requests_of(family)):
            if not name.endswith(LIBRARY):
                ask(number, name)
        page.settle(process)
        return {"idle_mb": idle, "mb": process.memory_info().rss / 2**20}


def run(rounds: int = 1) -> Result:
    runs = [measured() for _ in range(rounds)]
    added = sorted(found["mb"] - found["idle_mb"] for found in runs)[len(runs) // 2]
    return Result("scenes_memory", "MB above the idle app", added, LIMIT, LIMIT / max(added, 1.0), LIMIT, runs)
