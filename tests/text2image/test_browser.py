"""Text to image in a real browser: words are marked, a sentence is put together, pictures are judged."""

import re

from browser import QUICK, open_tab, part, pick, put, run, scope, unfold
from playwright.sync_api import expect

PAGE = "text2image"
DRAW = "text2image_draw"


def test_a_sentence_is_understood_put_together_and_drawn(visit):
    page = visit()
    open_tab(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-ready", "1", timeout=QUICK)
    verdicts = part(page, DRAW, "verdicts", "tbody tr")
    expect(verdicts).to_have_count(5)  # what was asked, and four pictures that ship
    expect(verdicts.first).to_contain_text("2 × apple · blue background")

    prompt, words = part(page, DRAW, "prompt", "textarea"), part(page, DRAW, "words", ".lx-verdict")
    prompt.fill("two aples on blue")
    expect(words).to_contain_text("aples → apples", timeout=QUICK)
    prompt.fill("a cat above a house")
    expect(words).to_contain_text("Understood: cat above house", timeout=QUICK)

    unfold(page, DRAW)
    for name, choice in (("name", "frog"), ("colour", "white")):
        box = page.locator(f"#{DRAW}-build_{name} input")
        box.click()
        page.get_by_role("option", name=choice, exact=True).click()
    expect(prompt).to_have_value(re.compile("frog.*white|white.*frog"), timeout=QUICK)

    pick(page, DRAW, "count", "1")
    put(page, DRAW, "steps", 2)
    run(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-count", "3", timeout=QUICK)
    expect(verdicts).to_have_count(2)
    expect(verdicts.last).to_contain_text(re.compile("[✓✗] background"))


def test_what_cannot_be_drawn_is_said_in_a_sentence(visit):
    page = visit()
    open_tab(page, DRAW)
    part(page, DRAW, "prompt", "textarea").fill("🚀")
    page.locator(f"#{DRAW}-run").click()
    expect(page.get_by_test_id("toast-body").last).to_contain_text("The model knows no thing in", timeout=QUICK)
