"""The tab of music in a real browser: a first result to look into, a chorale that is written, a rival, a melody."""

import re

import pytest
from browser import QUICK, RUN, open_tab, part, toast, untranslated
from playwright.sync_api import expect

PAGE = "music"
WRITE, HARMONISE, TRAINING = "music_write", "music_harmonise", "music_training"


@pytest.fixture
def music(visit):
    """Open an inner tab as a new visitor; page and piano roll."""

    def open_music(tab, **options):
        page = visit(**options)
        open_tab(page, tab)
        roll = part(page, tab, "view", ".lx-roll")
        expect(roll).to_have_attribute("data-done", "1", timeout=QUICK)
        return page, roll

    return open_music


def test_a_chorale_is_written_and_a_rival_is_gone_on_from(music):
    page, roll = music(WRITE)
    assert not untranslated(page)
    roll.locator("canvas").focus()
    for _ in range(6):  # the sixth sign of the alto
        roll.locator("canvas").press("ArrowRight")
    roll.locator("canvas").press("ArrowDown")
    expect(roll.locator(".lx-roll-note")).to_contain_text("Alto")
    before = roll.get_attribute("data-run")
    roll.locator(".lx-rival-note:not(:disabled)").first.click()
    expect(roll).not_to_have_attribute("data-run", before, timeout=RUN)
    expect(roll).to_have_attribute("data-done", "1", timeout=RUN)
    expect(roll.locator(".lx-roll-facts")).to_have_text(re.compile("nats"))


def test_a_melody_is_clicked_and_harmonised(music):
    page, roll = music(HARMONISE)
    editor = part(page, HARMONISE, "melody", ".lx-melody")
    editor.locator(".lx-clear").click()
    page.locator(f"#{HARMONISE}-run").click()
    expect(toast(page)).to_contain_text("no melody", timeout=RUN)
    canvas = editor.locator("canvas")
    for step, pitch in ((0, 67), (2, 69), (4, 71), (6, 67)):
        canvas.click(position={"x": 11 * step + 5, "y": 8 * (81 - pitch) + 4})
    before = roll.get_attribute("data-run")
    page.locator(f"#{HARMONISE}-run").click()
    expect(roll).not_to_have_attribute("data-run", before, timeout=RUN)
    expect(roll).to_have_attribute("data-done", "1", timeout=RUN)
    expect(roll).to_have_attribute("data-steps", "8")


def test_the_course_of_the_training_is_scrubbed_heard_and_set_beside_bach(visit):
    page = visit()
    open_tab(page, TRAINING)
    view = part(page, TRAINING, "view", ".lx-grown")
    expect(view).to_have_attribute("data-ready", "lstm-chorales", timeout=QUICK)
    assert not untranslated(page)
    facts, asked = view.locator(".lx-facts-line"), len(page.notes.requests)
    young, scrubber = facts.inner_text(), view.locator("input[type=range]")
    expect(view).to_have_attribute("data-frame", "0")
    scrubber.press("End")
    expect(view).to_have_attribute("data-frame", scrubber.get_attribute("max"))
    assert facts.inner_text() != young
    view.locator(".lx-grown-bach").click()
    expect(view).to_have_attribute("data-shown", "bach")
    expect(facts).to_contain_text("Bach’s own")
    hear = view.locator(".lx-grown-hear")
    hear.click()
    expect(hear).to_have_class(re.compile("lx-playing"))
    hear.click()
    expect(hear).not_to_have_class(re.compile("lx-playing"))
    assert len(page.notes.requests) == asked
