"""A GAN trains in a real browser: frames stream, it goes on where it stopped, one side learns alone."""

import re

import pytest
from browser import (
    QUICK,
    RUN,
    badge_of,
    begin,
    close_toasts,
    ended,
    open_tab,
    part,
    pick,
    pixels,
    put,
    run,
    toast,
    unfold,
    untranslated,
)
from playwright.sync_api import expect

PAGE = "gan"
USE_CASE = "gan_points"


@pytest.fixture
def lab(visit):
    """Open the tab as a new visitor."""

    def open_lab(query="", **options):
        page = visit(query, **options)
        open_tab(page, USE_CASE)
        expect(duel(page)).to_have_attribute("data-ready", "1", timeout=QUICK)
        return page

    return open_lab


def duel(page):
    return part(page, USE_CASE, "view", ".lx-duel")


def step(page):
    return int(duel(page).get_attribute("data-step"))


def turns(page, count):
    """Set how many turns a run has, and wait until the page knows it: its slider moves too."""
    unfold(page, USE_CASE, ".lx-drawer")
    put(page, USE_CASE, "turns", count)
    expect(part(page, USE_CASE, "turns", "input[type=range]")).to_have_value(str(count), timeout=QUICK)


def test_a_recorded_training_is_there_at_once_and_is_scrubbed_without_the_server(lab):
    page = lab()
    expect(badge_of(page, USE_CASE)).to_contain_text(re.compile(r"made beforehand.*17 k parameters.*seed 7", re.S))
    expect(duel(page)).to_have_attribute("data-step", "2000")
    asked, before = len(page.notes.requests), pixels(page, f"#{USE_CASE}-view")
    scrubber = duel(page).locator("input[type=range]")
    scrubber.focus()
    scrubber.press("Home")
    expect(duel(page)).to_have_attribute("data-step", "0")
    expect(duel(page).locator("canvas")).to_have_attribute("aria-label", re.compile(r"Turn 0, distance \d"))
    assert pixels(page, f"#{USE_CASE}-view") != before
    for layer in ("critic", "pull", "noise net"):
        shown = pixels(page, f"#{USE_CASE}-view")
        button = duel(page).get_by_role("button", name=layer)
        pressed = button.get_attribute("aria-pressed")
        button.click()
        expect(button).not_to_have_attribute("aria-pressed", pressed)
        page.wait_for_function(
            "([where, old]) => document.querySelector(where + ' canvas').toDataURL() !== old",
            arg=[f"#{USE_CASE}-view", shown[0]],
        )
    assert page.notes.requests[asked:] == []


def test_a_training_streams_stops_and_goes_on(lab):
    page = lab()
    turns(page, 20_000)
    part(page, USE_CASE, "over").click()
    expect(duel(page)).to_have_attribute("data-count", "1", timeout=QUICK)
    begin(page, USE_CASE)
    page.wait_for_function("() => document.querySelector('.lx-duel').dataset.count >= 6", timeout=QUICK)
    part(page, USE_CASE, "stop").click()
    ended(page, USE_CASE)
    expect(badge_of(page, USE_CASE)).to_contain_text(re.compile(r"live.*CPU.*17 k parameters", re.S))
    page.wait_for_timeout(1500)  # nothing moves any more
    stopped = step(page)
    page.wait_for_timeout(500)
    assert step(page) == stopped > 0
    put(page, USE_CASE, "turns", 1)
    expect(part(page, USE_CASE, "run")).to_be_enabled()
    run(page, USE_CASE)
    assert stopped < step(page) <= stopped + 40, "it went on from where it stood"
    part(page, USE_CASE, "over").click()
    expect(duel(page)).to_have_attribute("data-step", "0", timeout=QUICK)
    expect(duel(page)).to_have_attribute("data-count", "1")


def test_one_side_learns_alone(lab):
    page = lab()
    part(page, USE_CASE, "over").click()
    expect(duel(page)).to_have_attribute("data-step", "0", timeout=QUICK)
    part(page, USE_CASE, "step_critic").click()
    expect(duel(page)).to_have_attribute("data-step", "10", timeout=QUICK)
    part(page, USE_CASE, "step_generator").click()
    expect(duel(page)).to_have_attribute("data-step", "20", timeout=QUICK)
    expect(duel(page).locator(".lx-changed")).to_be_visible()


def test_another_loss_or_set_begins_anew_and_another_rate_does_not(lab):
    page = lab()
    turns(page, 3)
    run(page, USE_CASE)
    expect(duel(page)).to_have_attribute("data-step", "3", timeout=QUICK)
    part(page, USE_CASE, "rate_critic", "input").click()
    page.get_by_role("option", name="0.01", exact=True).click()
    run(page, USE_CASE)
    expect(duel(page)).to_have_attribute("data-step", "6", timeout=QUICK)
    pick(page, USE_CASE, "data", "ring")
    expect(duel(page)).to_have_attribute("data-step", "0", timeout=QUICK)
    expect(duel(page).locator("[data-curve=modes]")).to_be_hidden()


def test_points_are_drawn_with_the_mouse_and_with_keys(lab):
    page = lab()
    turns(page, 2)
    expect(part(page, USE_CASE, "drawing")).to_be_hidden()
    pick(page, USE_CASE, "data", "drawn by hand")
    canvas = part(page, USE_CASE, "drawing", "canvas")
    expect(canvas).to_be_visible()
    begin(page, USE_CASE)
    ended(page, USE_CASE, QUICK)
    expect(toast(page)).to_contain_text("No points are drawn yet", timeout=QUICK)
    close_toasts(page)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    page.mouse.up()
    count = part(page, USE_CASE, "drawing", "output")
    expect(count).to_contain_text(re.compile(r"^(1\d|2\d) points"))
    before = int(re.match(r"\d+", count.inner_text())[0])
    canvas.focus()
    for key in ("ArrowUp", "ArrowUp", " "):
        page.keyboard.press(key)
    expect(count).to_contain_text(f"{before + 1} points")
    run(page, USE_CASE)
    expect(duel(page)).to_have_attribute("data-step", "2", timeout=QUICK)
    part(page, USE_CASE, "drawing", ".lx-clear").click()
    expect(count).to_contain_text("0 points")


def test_presets_set_the_controls_and_links_restore_them(lab):
    page = lab()
    page.get_by_role("button", name="critic too strong").click()
    expect(part(page, USE_CASE, "rate_critic", "input")).to_have_value("0.1")
    expect(badge_of(page, USE_CASE)).to_have_attribute("data-state", "live", timeout=RUN)  # it runs at once
    page = lab(f"?tab={USE_CASE}&data=ring&loss=logistic&seed=3&turns=2&lang=en")
    expect(part(page, USE_CASE, "loss", "input")).to_have_value("The first GAN · 2014", timeout=QUICK)
    run(page, USE_CASE)
    expect(badge_of(page, USE_CASE)).to_contain_text("seed 3")


@pytest.mark.parametrize(("lang", "size", "dark"), [("zh", (390, 844), True), ("en", (1440, 900), False)])
def test_it_fits_both_screens_in_both_languages(lab, lang, size, dark):
    page = lab(f"?lang={lang}", size=size, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    box = duel(page).locator("canvas").bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1) and box["width"] > 300
    run_button = part(page, USE_CASE, "run").bounding_box()
    assert run_button["y"] + run_button["height"] <= size[1], "Run is never below the fold"
    assert untranslated(page) == []
