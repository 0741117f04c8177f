"""Token surgery in a real browser: every place of a text has its odds, and may go on otherwise."""

import re

import pytest
from browser import QUICK, RUN, badge_of, open_tab, part, put, unfold
from playwright.sync_api import expect

PAGE = "gpt"
SURGERY = "gpt_surgery"


def first_look(page):
    """Open the tab: a result that ships is there before any click."""
    open_tab(page, SURGERY)
    expect(badge_of(page, SURGERY)).to_have_attribute("data-state", "cached", timeout=QUICK)


def odds(page):
    """The five rows."""
    return part(page, SURGERY, "odds", ".lx-lamp-odds")


def text(page):
    """The text under the knife."""
    return part(page, SURGERY, "text", ".lx-tokens")


def place(page, position):
    """Wait until the odds are those of a place."""
    expect(odds(page)).to_have_attribute("data-position", str(position), timeout=QUICK)


def test_the_place_moves_with_arrow_keys_and_clicks(visit):
    page = visit()
    first_look(page)
    place(page, 24)
    expect(odds(page).locator(".lx-odds-label")).to_have_count(5)
    text(page).locator(".lx-text").focus()
    page.keyboard.press("ArrowRight")
    place(page, 25)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    place(page, 23)
    text(page).locator(".lx-token").nth(12).click()
    place(page, 12)
    expect(odds(page).locator("button.lx-chosen")).to_have_text("o")  # of "But soft"
    expect(badge_of(page, SURGERY)).to_have_attribute("data-state", "live", timeout=QUICK)


CUT = """parts => parts.filter((part) => {
  const words = new Range(), box = (part.closest(".lx-odds-cell") ?? part).getBoundingClientRect();
  words.selectNodeContents(part);
  const { width, left, right } = words.getBoundingClientRect();
  return !width || left < box.left - 1 || right > box.right + 1;
}).map((part) => part.textContent)"""


@pytest.mark.parametrize(("locale", "width", "rest"), [("en-GB", 390, "rest"), ("zh-CN", 1440, "其余")])
def test_no_word_of_the_odds_is_cut_and_they_show_that_they_go_on(visit, locale, width, rest):
    page = visit(locale=locale, size=(width, 844))
    first_look(page)
    place(page, 24)
    words = odds(page).locator(".lx-odds-label, .lx-odds-head, .lx-odds-cell small")
    expect(words).to_have_count(5 + 13 + 5 * 13)
    assert words.evaluate_all(CUT) == []
    expect(words.filter(has_text=rest)).to_be_attached()
    grid = odds(page).locator(".lx-odds-grid")
    grid.scroll_into_view_if_needed()
    if grid.evaluate("grid => grid.scrollWidth > grid.clientWidth"):
        expect(grid).to_contain_class("lx-goes-after", timeout=QUICK)
        grid.evaluate("grid => { grid.scrollLeft = grid.scrollWidth; }")
        expect(grid).not_to_contain_class("lx-goes-after", timeout=QUICK)
        expect(words.filter(has_text=rest)).to_be_in_viewport()
    else:
        assert width > 390


def test_the_first_row_never_moves_and_the_last_one_does(visit):
    page = visit()
    first_look(page)
    heights = "all => all.map((one) => one.style.height)"
    put(page, SURGERY, "temperature", 0.9)  # what ships came from weights that may have changed since
    expect(odds(page)).to_have_attribute("data-ready", re.compile(r"^24 0.9 "), timeout=QUICK)
    rows = [odds(page).locator(f".lx-odds-cell[title^='{name}'] i") for name in ("softmax", "renormalised")]
    before = [[cell.get_attribute("title") for cell in row.locator("xpath=..").all()] for row in rows]
    assert all(len(row) == 13 for row in before) and rows[0].evaluate_all(heights)
    put(page, SURGERY, "temperature", 0)
    expect(odds(page)).to_have_attribute("data-ready", re.compile(r"^24 0 "), timeout=QUICK)
    after = [[cell.get_attribute("title") for cell in row.locator("xpath=..").all()] for row in rows]
    assert before[0] == after[0] and before[1] != after[1]
    assert [title.rpartition(" · ")[2] for title in after[1]] == ["100 %"] + ["0"] * 12


@pytest.mark.parametrize("model", ["GPT · Shakespeare", "LSTM · Shakespeare"])
def test_a_rival_makes_a_branch_and_two_branches_are_compared(visit, model):
    page = visit()
    first_look(page)
    unfold(page, SURGERY, ".lx-drawer")
    if model.startswith("LSTM"):
        part(page, SURGERY, "model", "input").click()
        page.get_by_role("option", name=model).click()
        expect(badge_of(page, SURGERY)).to_have_attribute("data-state", "live", timeout=QUICK)
    put(page, SURGERY, "length", 30)
    put(page, SURGERY, "temperature", 0.5)
    expect(odds(page)).to_have_attribute("data-ready", re.compile(r"^24 0.5 "), timeout=QUICK)
    tree = part(page, SURGERY, "branches", ".lx-branches")
    chosen = []
    for count, number_of_rival in ((2, 1), (3, 2)):
        heads = odds(page).locator("button.lx-odds-head:not(.lx-chosen)")
        chosen.append(heads.nth(number_of_rival).inner_text())
        heads.nth(number_of_rival).click()
        expect(tree).to_have_attribute("data-count", str(count), timeout=RUN)
        expect(odds(page).locator("button.lx-chosen")).to_have_text(chosen[-1], timeout=RUN)
    buttons = tree.locator(".lx-tree button")
    expect(buttons).to_have_count(3)
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
    prompt = part(page, SURGERY, "prompt", "textarea").input_value()
    assert prompt.startswith("ROMEO:\nBut soft, what li" + chosen[1]) and len(prompt) == 24 + 1 + 30
    assert tree.get_attribute("data-parting") == "24"
    expect(tree.locator(".lx-slit")).to_have_count(2)
    expect(tree.locator(".lx-verdict")).to_contain_text(f"“{chosen[1]}”")
    left = tree.locator("select").first
    left.select_option(index=1)
    expect(tree.locator(".lx-verdict")).to_contain_text(f"“{chosen[0]}” and “{chosen[1]}” part")
    buttons.first.click()
    expect(part(page, SURGERY, "prompt", "textarea")).to_have_value(re.compile("breaks$"), timeout=QUICK)
    place(page, 24)
