"""The page of DALL-E in a real browser: cells that fill, a cell that is replaced, another ranking, marks."""

import re

from browser import QUICK, RUN, badge_of, open_tab, part, run, toast, unfold, untranslated
from playwright.sync_api import expect

PAGE = "dalle"
DRAW, CANDIDATES, BOTH, REBUILD = "dalle_draw", "dalle_candidates", "dalle_both", "dalle_rebuild"


def drawn(page):
    """The view with a whole picture."""
    view = part(page, DRAW, "view", ".lx-writing")
    expect(view).to_have_attribute("data-done", "true", timeout=RUN)
    return view


def tokens(view):
    """Numbers in the cells."""
    return view.locator(".lx-mesh button").all_inner_texts()


def test_the_first_picture_is_there_before_any_click(visit):
    page = visit()
    view = drawn(page)
    assert len(tokens(view)) == 64 and all(text.isdecimal() for text in tokens(view))
    expect(view.locator(".lx-claims")).to_contain_text("background")
    expect(view.locator(".lx-cell-panel p:visible")).to_contain_text("token")  # of the least sure cell
    expect(view.locator(".lx-mesh [aria-pressed=true]")).to_have_count(1)
    expect(badge_of(page, DRAW)).to_have_attribute("data-state", "cached")
    assert not untranslated(page)


def test_a_cell_shows_its_rivals_and_is_replaced_by_one(visit):
    page = visit()
    view = drawn(page)
    before = tokens(view)
    view.locator(".lx-mesh button").nth(36).click()
    panel = view.locator(".lx-cell-panel")
    expect(panel).to_contain_text(f"Row 5, column 5: token {before[36]}", timeout=QUICK)
    rival = panel.locator("li button:not(:disabled)").first
    number = rival.locator("b").inner_text()
    rival.click()
    expect(view.locator(".lx-kept")).to_contain_text("The first 37 cells are kept", timeout=RUN)
    after = tokens(drawn(page))
    assert after[:36] == before[:36] and after[36] == number != before[36]
    expect(badge_of(page, DRAW)).to_have_attribute("data-state", "live", timeout=RUN)


def test_words_that_are_not_known_are_marked_while_one_types(visit):
    page = visit()
    part(page, DRAW, "prompt", "textarea").fill("two appels on blue")
    marks = part(page, DRAW, "marks-prompt", ".lx-marks")
    expect(marks.locator("u")).to_have_text("appels", timeout=RUN)
    expect(marks).to_contain_text("apples")


def test_an_unknown_prompt_is_one_sentence_in_chinese(visit):
    page = visit("?lang=zh", locale="zh-CN")
    part(page, DRAW, "prompt", "textarea").fill("斑马")
    page.locator(f"#{DRAW}-run").click()
    expect(toast(page)).to_contain_text("这些词模型一个也不认识：斑马", timeout=RUN)
    assert len(tokens(drawn(page))) == 64


def test_another_sentence_ranks_the_pictures_anew(visit):
    page = visit()
    open_tab(page, CANDIDATES)
    run(page, CANDIDATES)
    view = part(page, CANDIDATES, "view", ".lx-ranked")
    part(page, CANDIDATES, "rank", "textarea").fill("two cats on a green background")
    page.locator(f"#{CANDIDATES}-again").click()
    expect(view.locator(".lx-verdict")).to_contain_text("two cats on a green background", timeout=RUN)
    numbers = [re.search(r"picture (\d+)", text)[1] for text in view.locator("li").all_inner_texts()]
    assert sorted(numbers, key=int) == [str(number) for number in range(1, 9)]


def test_an_entry_of_the_codebook_is_found_in_the_picture(visit):
    page = visit()
    open_tab(page, REBUILD)
    view = part(page, REBUILD, "view", ".lx-codes")
    expect(view).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
    view.locator(".lx-mesh button").first.click()
    expect(view.locator(".lx-book output")).to_have_text(re.compile(r"Token \d+: [1-9]\d* times in this picture."))
    unfold(page, REBUILD)
    part(page, REBUILD, "sample", "button").nth(7).click()
    expect(view).to_have_attribute("data-ready", "2", timeout=RUN)
    expect(view.locator(".lx-book output")).to_have_text(re.compile(r"\d+ are used."))


def test_both_draw_a_sentence_and_the_detector_says_what_is_wrong(visit):
    page = visit()
    open_tab(page, BOTH)
    view = part(page, BOTH, "view")
    expect(view.locator("canvas")).to_have_count(8, timeout=QUICK)
    expect(part(page, BOTH, "verdict")).to_contain_text("all right", timeout=QUICK)
    part(page, BOTH, "prompt", "textarea").fill("三只青蛙，粉色背景")
    run(page, BOTH)
    expect(badge_of(page, BOTH)).to_have_attribute("data-state", "live", timeout=RUN)
    expect(view.locator("figure figcaption").first).to_have_text(re.compile("✓|✗"), timeout=RUN)
    assert not untranslated(page)
