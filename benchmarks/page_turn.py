"""From one family's page to the next, prepared ahead by the browser or not; part of page_load.

Seconds from a click on a link until the next page's first button is there. Ours is the page that was pointed at before,
the peer the same page opened without a look ahead. Needs requirements-test.txt.
"""

import time

import psutil

from benchmarks import page
from benchmarks.measure import Result, Run, alternate, compare, server
from tests import chromium, prerender

FROM, TO = "vae", "gan"
AHEAD, PLAIN = 0.3, 1.0  # seconds
LINK = f".lx-families [data-page={TO}]"
BUTTON = f"[...document.querySelectorAll('#page-{TO} button')].some((one) => one.offsetParent)"
OPEN = f"location.assign(document.querySelector('{LINK}').href)"


def turn(port: int, ahead: bool) -> Run:
    """One visitor goes from one family to the next."""
    with prerender.Chromium(chromium.find(), chromium.FLAGS) as browser:
        browser.open(f"http://127.0.0.1:{port}/{FROM}")
        browser.until(lambda: bool(browser.value(f"Boolean(document.querySelector('#page-{FROM} button'))")))
        time.sleep(1)
        if ahead:
            browser.point(LINK)
            browser.until(lambda: browser.ready(BUTTON))
        began = time.perf_counter()
        if ahead:
            browser.follow(LINK)
        else:
            browser.value(OPEN)
        browser.until(lambda: browser.value(f"!document.prerendering && window.LX_PAGE === '{TO}' && {BUTTON}") is True)
        return {"seconds": time.perf_counter() - began}


def run(rounds: int = 5) -> Result:
    port = page.port()
    with server(page.ours(port)) as ours:
        page.wait(port)
        page.settle(psutil.Process(ours.pid))
        turn(port, False)
        runs = alternate({"ours": lambda: turn(port, True), "peer": lambda: turn(port, False)}, rounds)
    kept = compare("page_turn", "s from family to family", AHEAD, runs, "seconds")
    more = [
        {"figure": "next family, prepared ahead (s)", "value": kept.ours, "limit": AHEAD},
        {"figure": "next family, not prepared (s)", "value": kept.peer, "limit": PLAIN},
    ]
    return Result(kept.name, kept.unit, kept.ours, kept.peer, kept.ratio, AHEAD, runs, more)
