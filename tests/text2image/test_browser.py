"""Text to image in a real browser: words are marked, a sentence is put together, pictures are judged."""

import re

from browser import QUICK, RUN, badge_of, changed, open_tab, part, pick, put, run, scope, still, toast, unfold
from playwright.sync_api import expect

PAGE = "text2image"
DRAW, TYPE = "text2image_draw", "text2image_type"
UPSCALE, HUB = "text2image_upscale", "text2image_hub"


def test_a_sentence_is_understood_put_together_and_drawn(visit):
    page = visit()
    open_tab(page, DRAW)
    expect(scope(page, DRAW)).to_have_attribute("data-ready", "1", timeout=QUICK)
    verdicts = part(page, DRAW, "verdicts", "tbody tr")
    expect(verdicts).to_have_count(5)  # what was asked, and four pictures that ship
    expect(verdicts.first).to_contain_text("2 × apple · blue background")

    prompt, marks = part(page, DRAW, "prompt", "textarea"), part(page, DRAW, "marks-prompt", ".lx-marks")
    prompt.fill("two aples on blue")
    expect(marks.locator("u")).to_have_text("aples", timeout=QUICK)
    expect(marks).to_contain_text("known words like it: apples")
    prompt.fill("a cat above a house")
    expect(marks).to_contain_text("Understood: cat above house", timeout=QUICK)

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


def test_the_picture_follows_the_typing_and_the_last_word_counts(visit):
    page = visit()
    open_tab(page, TYPE)
    verdicts = part(page, TYPE, "verdicts", "tbody tr")
    expect(verdicts.first).to_contain_text("2 × apple · blue background", timeout=QUICK)
    prompt = part(page, TYPE, "prompt", "textarea")
    prompt.fill("")
    asked = len([address for address in page.notes.requests if address.endswith("/queue/join?")])
    sentence = "a dog in the middle of a yellow background"
    prompt.press_sequentially(sentence, delay=15)
    expect(verdicts.first).to_contain_text("dog · in the middle · yellow background", timeout=RUN)
    expect(verdicts).to_have_count(2)
    expect(part(page, TYPE, "view", "canvas")).to_have_count(1)
    expect(badge_of(page, TYPE)).to_have_attribute("data-state", "live")
    events = len([address for address in page.notes.requests if address.endswith("/queue/join?")]) - asked
    assert events < 2 * len(sentence), "of two events that a letter can mean, those that come too late are left out"
    prompt.fill("nothing that it knows")  # not finished: the picture stays, and nobody is told off
    expect(part(page, TYPE, "marks-prompt", ".lx-marks")).to_contain_text("No thing to draw", timeout=QUICK)
    expect(verdicts.first).to_contain_text("dog")
    expect(page.get_by_test_id("toast-body")).to_have_count(0)
    pick(page, TYPE, "count", "4")
    prompt.fill("a cat")
    expect(part(page, TYPE, "view", "canvas")).to_have_count(4, timeout=RUN)


def test_a_picture_is_enlarged_and_looked_at_closely(visit):
    page = visit()
    open_tab(page, UPSCALE)
    view = part(page, UPSCALE, "view", ".lx-magnifier")
    expect(view.locator("canvas")).to_have_count(4, timeout=QUICK)  # before, bicubic, network, truth
    expect(view.locator("span", has_text="PSNR")).to_have_count(2)
    shown = still(page, f"#{UPSCALE}-view")
    view.locator("input[type=range]").press("End")
    shown = changed(page, f"#{UPSCALE}-view", shown)
    view.locator("canvas").first.press("ArrowRight")
    changed(page, f"#{UPSCALE}-view", shown)

    prompt = part(page, UPSCALE, "prompt", "textarea")
    prompt.fill("")
    prompt.press_sequentially("a dog")
    expect(part(page, UPSCALE, "origin").get_by_label("one drawn from the prompt below")).to_be_checked(timeout=QUICK)
    run(page, UPSCALE)
    expect(view.locator("canvas")).to_have_count(3, timeout=QUICK)  # nobody knows the truth


def test_a_hub_id_is_looked_at_before_anything_else(visit):
    page = visit()
    open_tab(page, HUB)
    part(page, HUB, "name", f"input, #{HUB}-name textarea").fill("https://outside.test/model")
    part(page, HUB, "look").click()
    expect(toast(page)).to_contain_text("A hub id looks like owner/name", timeout=QUICK)
