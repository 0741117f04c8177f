"""From the draw of a token to its pixels: a text of 200 characters streams into the page; the limit is 50 ms.

The server writes the time of the draw into what it sends, the page looks at the clock of the same machine once the
token is painted (static/tokens.js). The peer is a program that reads the same stream over HTTP and shows nothing.
Needs requirements-test.txt.
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

from benchmarks import page
from benchmarks.measure import Result, Run, alternate, compare, server
from tests import chromium

LIMIT = 50.0  # milliseconds
LENGTH = 200  # characters
VALUES = ["ROMEO:\n", 0.8, LENGTH, 7, "gpt-shakespeare", 0, 1.0, 0.0, 1.0]  # of the form
WRITTEN = (
    "() => { const now = document.querySelector('.lx-tokens').dataset; return now.ready !== %s && +now.tokens >= %d }"
)


def over_http(number: int) -> Run:
    """The middle and the longest wait of a program."""
    address, lags = f"http://127.0.0.1:{number}/gradio_api/call/gpt_write_view", []
    with httpx.Client(timeout=60, trust_env=False) as client:
        event = client.post(address, json={"data": VALUES}).json()["event_id"]
        with client.stream("GET", f"{address}/{event}") as stream:
            for line in stream.iter_lines():
                value = json.loads(line.removeprefix("data:")) if line.startswith("data:") else None
                if value and "parts" in value[0]:
                    lags.append(time.time() * 1000 - json.loads(value[0]["parts"][-1])["at"])
    return {"ms": statistics.median(lags), "slowest_ms": max(lags)}


def in_page(tab: Any) -> Run:
    """The same of a person."""
    root = tab.locator("#gpt_write-view .lx-tokens")
    before = json.dumps(root.get_attribute("data-ready"))
    tab.locator("#gpt_write-run").click()
    tab.wait_for_function(WRITTEN % (before, LENGTH), timeout=page.PATIENCE * 1000)
    tab.wait_for_timeout(1000)
    return {"ms": float(root.get_attribute("data-lag")), "slowest_ms": float(root.get_attribute("data-worst"))}


def run(rounds: int = 7) -> Result:
    number = page.port()
    launch: Any = chromium.launch
    with server(page.ours(number)), sync_playwright() as playwright:
        page.wait(number)
        browser = launch(playwright)
        tab = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        tab.goto(f"http://127.0.0.1:{number}/?tab=gpt_write")
        tab.wait_for_selector("#gpt_write-view .lx-tokens", timeout=page.PATIENCE * 1000)
        box = tab.locator("#gpt_write-length input[type=number]")
        box.fill(str(LENGTH))
        box.press("Tab")
        sides: dict[str, Callable[[], Run]] = {"ours": lambda: in_page(tab), "peer": lambda: over_http(number)}
        for side in sides.values():
            side()
        runs = alternate(sides, rounds)
        browser.close()
    return compare("token_lag", "ms from draw to screen", LIMIT, runs, "ms")
