"""A page that is pointed at is made ready by the browser, and starts no work on the server before it is opened."""

import pytest
from chromium import FLAGS, find
from prerender import Chromium

FAMILY = "cyclegan"
LINK = f".lx-families [data-page={FAMILY}]"
ALIVE = "Boolean(document.querySelector('.lx-page'))"
EARLY = """(() => {
  const start = performance.getEntriesByType('navigation')[0].activationStart;
  const early = performance.getEntriesByType('resource').filter((one) => one.startTime < start).map((one) => one.name);
  return { start, early };
})()"""


@pytest.fixture
def chromium():
    with Chromium(find(), FLAGS) as started:
        yield started


def test_a_page_that_is_pointed_at_is_ready_and_has_asked_for_nothing_but_files(chromium, app_url):
    chromium.open(f"{app_url}/?lang=en")
    chromium.until(lambda: chromium.value(ALIVE) is True)
    try:
        chromium.point(LINK)
    except TimeoutError:
        pytest.skip("This Chromium prepares no page ahead; that the rules ask for it is in test_browser_return.py.")
    chromium.until(lambda: chromium.ready(ALIVE))
    chromium.follow(LINK)
    chromium.until(lambda: chromium.value(f"window.LX_PAGE === '{FAMILY}' && !document.prerendering") is True)
    found = chromium.value(EARLY)
    assert found["start"] > 0, "it was not made ready ahead"
    assert len(found["early"]) > 20
    work = ("/gradio_api/queue/", "/gradio_api/call/", "/gradio_api/run/")
    assert not [name for name in found["early"] if any(part in name for part in work)]
