"""The training room in a real browser: a race that plays and is run, and sliders that read the law."""

import re

import pytest
from browser import QUICK, RUN, open_tab, part, untranslated
from playwright.sync_api import expect

PAGE = "training"
RACE, HORSES = "training_race", "training_horses"


@pytest.fixture
def room(visit):
    """Open an inner tab as a new visitor."""

    def open_room(tab, **options):
        page = visit(**options)
        open_tab(page, tab)
        return page

    return open_room


def moved(slider, value):
    """Set a slider as a hand would."""
    slider.evaluate(
        "(at, value) => { at.value = value; at.dispatchEvent(new Event('input', { bubbles: true })); "
        "at.dispatchEvent(new Event('change', { bubbles: true })); }",
        str(value),
    )


def test_a_race_is_watched_again_and_run(room):
    page = room(RACE)
    assert not untranslated(page)
    race = part(page, RACE, "view", ".lx-track")
    expect(race).to_have_attribute("data-ready", "1", timeout=QUICK)
    lanes = race.locator(".lx-lanes figure")
    expect(lanes).to_have_count(4)
    assert race.locator(".lx-chart path[class^='lx-line-']").count() == 4
    scrub = race.locator("input[type=range]")
    moved(scrub, 0)
    expect(race).to_have_attribute("data-step", "0")
    expect(lanes.first.locator("figcaption")).to_contain_text("0 updates")
    moved(page.locator(f"#{RACE}-seconds input[type=range]"), 0.5)
    page.locator(f"#{RACE}-vae input").uncheck()
    page.locator(f"#{RACE}-run").click()
    expect(race).to_have_attribute("data-names", "gan,diffusion,flow", timeout=RUN)
    expect(lanes).to_have_count(3)
    expect(race.locator(".lx-scrub output")).to_have_text(re.compile(r"0\.5 s"), timeout=RUN)


def test_sliders_read_the_law(room):
    page = room(HORSES)
    assert not untranslated(page)
    sentence = part(page, HORSES, "verdict", ".lx-verdict")
    expect(sentence).to_contain_text("200 thousand parameters")
    assert page.locator(f"#{HORSES}-view .lx-chart").count() == 3
    expect(part(page, HORSES, "check", ".lx-verdict")).to_contain_text("measured")
    before = sentence.inner_text()
    moved(page.locator(f"#{HORSES}-parameters input[type=range]"), 400)
    expect(sentence).to_contain_text("400 thousand parameters", timeout=QUICK)
    assert sentence.inner_text() != before
