"""Processor time of the server per visitor who has never seen the page; the limit, in seconds, is on ours.

A headless Chromium with an empty cache opens the page and waits until the first button can be pressed and the network
is idle. The peer is a bare Gradio page with as many components. Needs requirements-test.txt.
"""

import time
from collections.abc import Callable
from typing import Any

import psutil
from playwright.sync_api import Browser, sync_playwright

from benchmarks import page
from benchmarks.measure import Result, Run, alternate, compare, server
from tests import chromium

LIMIT = 0.15


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
    return compare("page_load", "s of server CPU per visitor", LIMIT, runs, "cpu_seconds")
