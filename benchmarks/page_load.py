"""Processor time of the server per visitor who has never seen the page; the limit, in seconds, is on ours.

A headless Chromium with an empty cache opens the page and waits until the first button can be pressed and the network
is idle. The peer is a bare Gradio page with as many components. Further figures: what both servers take while nobody
asks anything, as a share of a core, and what a call of our API takes that is refused at once. Needs
requirements-test.txt.
"""

import time
from collections.abc import Callable
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, sync_playwright

from benchmarks import page
from benchmarks.measure import Result, Run, alternate, compare, server
from tests import chromium

LIMIT = 0.15
CALLS = 50
REFUSED = {"data": [3, -1, 7, ""]}  # of /diffusion_forward: there is no noise level -1


def visit(browser: Browser, port: int, process: psutil.Process) -> Run:
    """One visitor: seconds to the first button, seconds of the server's processor time, number of requests."""
    context: Any = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    before, began = page.processor(process), time.perf_counter()
    tab.goto(f"http://127.0.0.1:{port}/", wait_until="domcontentloaded")
    tab.wait_for_selector("button:visible")
    seconds = time.perf_counter() - began
    tab.wait_for_timeout(2000)  # what the page still asks for by itself
    context.close()
    return {"seconds": seconds, "cpu_seconds": page.processor(process) - before, "requests": float(len(asked))}


def idle(process: psutil.Process) -> float:
    """Share of a core that a server takes while nobody asks anything."""
    before = page.processor(process)
    time.sleep(page.WINDOW)
    return (page.processor(process) - before) / page.WINDOW


def call(port: int, process: psutil.Process) -> float:
    """Milliseconds of processor time of a call that is refused at once."""
    address = f"http://127.0.0.1:{port}/gradio_api/call/diffusion_forward"
    with httpx.Client(trust_env=False, timeout=60) as client:
        before = page.processor(process)
        for _ in range(CALLS):
            event = client.post(address, json=REFUSED).json()["event_id"]
            if "event: error" not in client.get(f"{address}/{event}").text:
                raise RuntimeError("The call was not refused.")
    return (page.processor(process) - before) / CALLS * 1000


def run(rounds: int = 7) -> Result:
    first = page.port()
    with server(page.ours(first)) as ours:
        page.wait(first)
        kinds = page.kinds(first)
        second = page.port()
        with server(page.bare(second, kinds)) as bare, sync_playwright() as playwright:
            page.wait(second)
            processes = [psutil.Process(child.pid) for child in (ours, bare)]
            for process in processes:
                page.settle(process)
            launch: Any = chromium.launch
            browser = launch(playwright)
            sides: dict[str, Callable[[], Run]] = {
                "ours": lambda: visit(browser, first, processes[0]),
                "peer": lambda: visit(browser, second, processes[1]),
            }
            for side in sides.values():
                side()  # what is compressed once is compressed now
            runs = alternate(sides, rounds)
            browser.close()
            facts = {"idle": idle(processes[0]), "peer_idle": idle(processes[1]), "call_ms": call(first, processes[0])}
    return compare("page_load", "s of server CPU per visitor", LIMIT, runs, "cpu_seconds", [facts])
