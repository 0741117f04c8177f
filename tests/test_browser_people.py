"""Several people at once in real browsers: each sees only their own run, and who leaves frees the machine."""

import re
import time

from browser import (
    QUICK,
    RUN,
    alike,
    badge_of,
    begin,
    changed,
    ended,
    number,
    open_tab,
    part,
    pick,
    pixels,
    put,
    run,
    scope,
)
from playwright.sync_api import expect

PAGE = "diffusion"
DRAW, WALK = "diffusion_draw", "diffusion_walk"
PANES = f"#{DRAW}-scope"
ANN, BOB = 2111222333, 1333444555  # seeds that nothing else on a page looks like


def test_two_people_never_meet(visit):
    ann, bob = visit(), visit("?lang=zh", locale="zh-CN")
    for page, seed, digit in ((ann, ANN, "1"), (bob, BOB, "8")):
        open_tab(page, DRAW)
        put(page, DRAW, "steps", 12 if page is ann else 9)
        put(page, DRAW, "seed", seed)
        pick(page, DRAW, "digit", digit)
    begin(ann, DRAW)
    begin(bob, DRAW)
    ended(ann, DRAW)
    ended(bob, DRAW)
    for page, seed, frames in ((ann, ANN, "13"), (bob, BOB, "10")):
        expect(scope(page, DRAW)).to_have_attribute("data-count", frames, timeout=QUICK)
        expect(badge_of(page, DRAW)).to_contain_text(str(seed), timeout=QUICK)
        expect(number(page, DRAW, "seed")).to_have_value(str(seed))
        other = str(ANN + BOB - seed)
        assert other not in page.locator(f"#tab-{DRAW}").inner_text()
    together = pixels(ann, PANES), pixels(bob, PANES)
    assert not alike(together[0][:3], together[1][:3])
    assert not set(ann.notes.requests) & {url for url in bob.notes.requests if "sheet.png" in url}

    # alone, each gets the same picture again
    put(ann, DRAW, "steps", 2)
    run(ann, DRAW)
    shown = changed(ann, PANES, together[0])
    put(ann, DRAW, "steps", 12)
    run(ann, DRAW)
    expect(scope(ann, DRAW)).to_have_attribute("data-count", "13", timeout=QUICK)
    changed(ann, PANES, shown)
    scope(ann, DRAW).locator("input[type=range]").press("End")
    assert alike(pixels(ann, PANES), together[0])
    assert pixels(bob, PANES) == together[1]


def test_a_short_run_does_not_wait_for_a_long_one(visit):
    ann, bob = visit(), visit()
    for page in (ann, bob):
        open_tab(page, DRAW)
    ann.get_by_role("button", name="1,000 steps of DDPM").click()
    expect(number(ann, DRAW, "steps")).to_have_value("1000")
    begin(ann, DRAW)
    expect(badge_of(ann, DRAW)).to_have_attribute("data-state", "live", timeout=RUN)
    put(bob, DRAW, "steps", 2)
    run(bob, DRAW)
    expect(scope(bob, DRAW)).to_have_attribute("data-count", "3", timeout=QUICK)
    assert ann.locator(f"#tab-{DRAW} .lx-progress output").inner_text().startswith("Step")
    part(ann, DRAW, "stop").click()
    ended(ann, DRAW, QUICK)


def test_who_waits_is_told_and_who_leaves_frees_the_machine(visit):
    ann, bob = visit(), visit()
    for page, frames, steps in ((ann, 64, 50), (bob, 2, 1)):
        open_tab(page, WALK)
        page.locator(f"#tab-{WALK} .lx-bench").get_by_text("More settings").click()
        put(page, WALK, "frames", frames)
        put(page, WALK, "steps", steps)
    before = scope(bob, WALK).get_attribute("data-count")
    began = time.monotonic()
    begin(ann, WALK)
    expect(badge_of(ann, WALK)).to_have_attribute("data-state", "live", timeout=RUN)
    begin(bob, WALK)
    words = bob.locator(f"#tab-{WALK} .lx-progress output")
    expect(words).to_have_text(re.compile("In the queue"), timeout=QUICK)
    part(bob, WALK, "stop").click()
    ended(bob, WALK, QUICK)
    expect(scope(bob, WALK)).to_have_attribute("data-count", before)  # the shipped run is still there
    begin(bob, WALK)
    expect(words).to_have_text(re.compile("In the queue"), timeout=QUICK)
    told = re.search(r"Step (\d+) of (\d+)", ann.locator(f"#tab-{WALK} .lx-progress output").inner_text())
    done, total = int(told[1]), int(told[2])
    rest = (time.monotonic() - began) / done * (total - done)  # seconds that Ann's run would still take
    began = time.monotonic()
    ann.close()
    ended(bob, WALK)
    assert time.monotonic() - began < 0.7 * rest, "the run of the closed page went on"
    assert scope(bob, WALK).get_attribute("data-count") != before
