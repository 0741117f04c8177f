"""The server is started anew while people have the page open, in the middle of their work."""

from api import calm
from browser import QUICK, RUN, Notes, badge_of, begin, number, put, ready, run, toast
from conftest import free_port, running
from playwright.sync_api import expect

DRAW = "diffusion_draw"
SEEN = "document.dispatchEvent(new Event('visibilitychange'))"  # as if a person came back to the tab
BACK = 60_000  # milliseconds until the page finds that the server is there again


def test_the_page_comes_back_with_its_values(browser, tmp_path):
    port = str(free_port())
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    before = running(tmp_path / "before", GRADIO_SERVER_PORT=port)
    process, address, _ = next(before)
    assert calm(process.pid, 120)  # the libraries are loaded
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.notes = Notes(address)
    page.goto(f"{address}/diffusion", timeout=BACK)
    ready(page)
    put(page, DRAW, "seed", 99)
    put(page, DRAW, "steps", 1000)
    begin(page, DRAW)
    expect(badge_of(page, DRAW)).to_have_attribute("data-state", "live", timeout=RUN)  # steps come
    page.evaluate("window.LX_BEFORE = true")
    idle = context.new_page()  # where nothing is under way
    idle.notes = Notes(address)
    idle.goto(f"{address}/diffusion", timeout=BACK)
    ready(idle)
    expect(idle.locator(".lx-away")).to_have_count(0)
    next(before, None)  # the server ends
    expect(toast(page)).to_contain_text("The connection to the server is lost", timeout=BACK)
    away = idle.locator(".lx-away")
    idle.evaluate(SEEN)
    expect(away).to_have_text("The app cannot be reached. This page goes on when it is back.", timeout=QUICK)
    after = running(tmp_path / "after", GRADIO_SERVER_PORT=port)
    next(after)
    idle.evaluate(SEEN)
    page.wait_for_function("!window.LX_BEFORE", timeout=BACK)
    ready(page)
    expect(number(page, DRAW, "seed")).to_have_value("99", timeout=QUICK)
    expect(number(page, DRAW, "steps")).to_have_value("1000", timeout=QUICK)
    put(page, DRAW, "steps", 3)
    run(page, DRAW)
    expect(away).to_have_count(0, timeout=BACK)
    put(idle, DRAW, "steps", 3)
    run(idle, DRAW)
    context.close()
    next(after, None)
