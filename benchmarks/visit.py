"""A visitor who has never seen the page: a headless Chromium with an empty cache, and the server watched meanwhile."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from playwright.sync_api import Browser, sync_playwright

from benchmarks import page
from benchmarks.measure import Run
from tests import chromium

STAY = 1500  # milliseconds after that, for what a page still asks for by itself
THEME = ".lx-theme"  # the landing page's first button
RUNS = ".lx-strip[data-ready]"  # the shipped run on the landing page, once it moves
PATIENCE = 60_000  # milliseconds
SHOWN = """
(() => {
  const timer = setInterval(() => {
    if (!document.querySelector(%s)) return;
    window.shown = performance.now() / 1000;
    clearInterval(timer);
  }, 10);
})()
"""

# A button works once a press does what it is for: the theme changes, or a run is sent (which is kept from the server).
# Until then it is pressed again and again.
PRESS = """
(() => {
  const button = %s, real = window.fetch;
  const works = () => { window.works ??= performance.now() / 1000; };
  window.fetch = (to, options) =>
    /queue\\/join/.test(to.url ?? to) ? (works(), new Promise(() => {})) : real(to, options);
  const dark = () => document.body?.classList.contains("dark");
  const timer = setInterval(() => {
    const found = document.querySelector(button), before = dark();
    if (window.works) clearInterval(timer);
    else if (found?.offsetParent && !found.disabled) found.click();
    if (dark() !== before) works();
  }, 10);
})()
"""
SEEN = """
(() => {
  const timer = setInterval(() => {
    if (![...document.querySelectorAll("button")].some((one) => one.offsetParent)) return;
    window.works = performance.now() / 1000;
    clearInterval(timer);
  }, 10);
})()
"""


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser of the tests."""
    with sync_playwright() as playwright:
        launch: Any = chromium.launch
        started: Browser = launch(playwright)
        try:
            yield started
        finally:
            started.close()


def cold(browser: Browser, address: str, process: psutil.Process, button: str = "", content: str = "") -> Run:
    """One visitor: seconds until `button` works and until `content` is there, and the server's processor time.

    Without a button, seconds until one is seen.
    """
    context: Any = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.add_init_script(PRESS % json.dumps(button) if button else SEEN)
    if content:
        tab.add_init_script(SHOWN % json.dumps(content))
    before = page.processor(process)
    tab.goto(address, wait_until="commit")
    seconds = tab.wait_for_function("window.works", timeout=PATIENCE).json_value()
    shown = {"shown": tab.wait_for_function("window.shown", timeout=PATIENCE).json_value()} if content else {}
    tab.wait_for_timeout(STAY)
    context.close()
    return {"seconds": seconds, **shown, "cpu_seconds": page.processor(process) - before}
