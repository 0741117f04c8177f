"""One click on the plane of codes, answered by four models in the browser; the limit is one frame at sixty a second.

Timed in the page: decoding all four pictures and painting them. The peer is torch on the server at the same points,
without the way there and back. Needs requirements-test.txt.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.service import Service
from aigc_demo.services.vae.requests import Plane
from benchmarks import page
from benchmarks.measure import Result, Run, alternate, compare, server
from tests import chromium

LIMIT = 16.0  # milliseconds
CLICKS = 100  # in one run
ANSWER = """(root, clicks) => Array.from({ length: clicks }, (_, i) => {
  root.move(4 * Math.sin(i), 4 * Math.cos(2 * i), i % 10);
  root.answer();
  return +root.dataset.milliseconds;
})"""


def in_torch(service: Any) -> float:
    """Milliseconds per point on the server."""
    began = time.perf_counter()
    for i in range(CLICKS):
        service.result("vae_plane", Plane(x=(i % 9) - 4, y=(i % 7) - 3, digit=i % 10))
    return (time.perf_counter() - began) * 1000 / CLICKS


def run(rounds: int = 7) -> Result:
    service = Service(Store(Path(__file__).resolve().parent.parent / "assets", device="cpu"))
    number = page.port()
    launch: Any = chromium.launch
    with server(page.ours(number)), sync_playwright() as playwright:
        page.wait(number)
        browser = launch(playwright)
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(f"http://127.0.0.1:{number}/?tab=vae_plane")
        root: Any = tab.wait_for_selector(".lx-plane[data-ready]", timeout=page.PATIENCE * 1000)

        def ours() -> Run:
            times = root.evaluate(ANSWER, CLICKS)
            return {"ms": statistics.median(times), "slowest_ms": max(times)}

        sides: dict[str, Callable[[], Run]] = {"ours": ours, "peer": lambda: {"ms": in_torch(service)}}
        for side in sides.values():
            side()
        runs = alternate(sides, rounds)
        browser.close()
    return compare("plane_click", "ms per click", LIMIT, runs, "ms")
