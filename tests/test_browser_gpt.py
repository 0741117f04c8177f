"""Writing in a real browser: a text streams in, every token of it can be looked at."""

import os
import re

from browser import (
    QUICK,
    badge_of,
    begin,
    close_toasts,
    ended,
    number,
    open_tab,
    part,
    put,
    run,
    scripts_come,
    stop_when,
    toast,
    unfold,
)
from playwright.sync_api import expect

from aigc_demo.core.card import Card
from aigc_demo.services.text_saving import Document, Part, encode

PAGE = "gpt"
LAG = 100  # milliseconds from draw to screen, the middle one; benchmarks/token_lag.py measures it alone
WRITE, SURGERY = "gpt_write", "gpt_surgery"


def view(page):
    """The text of the writing tab."""
    return part(page, WRITE, "view", ".lx-tokens")


def first_look(page):
    """Open the tab: a result that ships is there before any click."""
    open_tab(page, WRITE)
    expect(badge_of(page, WRITE)).to_have_attribute("data-state", "cached", timeout=QUICK)
    page.wait_for_function("root => root.whole", arg=view(page).element_handle(), timeout=QUICK)  # it has the text


def write(page, prompt="ROMEO:\n", **values):
    """Write on with these values; the text, prompt first."""
    part(page, WRITE, "prompt", "textarea").fill(prompt)
    for name, value in values.items():
        put(page, WRITE, name, value)
    run(page, WRITE)
    return view(page).evaluate("root => root.whole()")


def test_a_text_that_ships_is_there_at_once_and_its_lines_are_lines(visit):
    page = visit()
    first_look(page)
    words = view(page).evaluate("root => root.whole()")
    assert words.startswith("ROMEO:\n") and words.count("\n") >= 3
    lines = view(page).locator(".lx-textline")
    assert lines.count() == words.count("\n") + 1
    tops = [lines.nth(i).bounding_box()["y"] for i in range(3)]
    assert tops[0] < tops[1] < tops[2]


def place(found):
    """Where an element stands on the page, wherever the page is scrolled to, and its size."""
    return found.evaluate(
        "e => { const r = e.getBoundingClientRect(); return [r.x, r.y + scrollY, r.width, r.height] }"
    )


def test_a_text_streams_in_and_every_token_is_quickly_on_the_screen(visit):
    page = visit()
    first_look(page)
    put(page, WRITE, "length", 200)
    page.evaluate(
        """() => {
            const root = document.querySelector('.lx-tokens');
            window.seen = [];
            const note = () => seen.push(+root.dataset.tokens);
            new MutationObserver(note).observe(root, { attributes: true, attributeFilter: ['data-tokens'] });
        }"""
    )
    box = place(view(page).locator(".lx-text"))
    run(page, WRITE)
    expect(view(page)).to_have_attribute("data-tokens", "200")
    assert place(view(page).locator(".lx-text")) == box, "the box keeps its size"
    seen = page.evaluate("seen")
    assert len(set(seen)) >= 5 and seen == sorted(seen), "it came bit by bit"
    page.wait_for_timeout(100)
    lag = int(view(page).get_attribute("data-lag"))
    assert 0 <= lag < (LAG if os.getloadavg()[0] < (os.cpu_count() or 1) else 100 * LAG)


def test_stop_keeps_what_is_there(visit):
    page = visit()
    first_look(page)
    put(page, WRITE, "length", 1000)
    tokens = "document.querySelector('.lx-tokens').dataset"
    stop_when(page, WRITE, f"{tokens}.ready !== 'shipped' && +{tokens}.tokens >= 5")
    begin(page, WRITE)
    ended(page, WRITE)
    expect(page.locator("#lx-live")).to_contain_text("Stopped")
    page.wait_for_timeout(1500)
    count = int(view(page).get_attribute("data-tokens"))
    page.wait_for_timeout(500)
    assert int(view(page).get_attribute("data-tokens")) == count > 0
    expect(badge_of(page, WRITE)).to_have_attribute("data-state", "live")


def test_greedy_needs_no_seed_and_a_seed_gives_the_same_text(visit):
    page = visit()
    open_tab(page, WRITE)
    cold = [write(page, temperature=0, length=40, seed=seed) for seed in (1, 2)]
    assert cold[0] == cold[1]
    warm = [write(page, temperature=1, length=40, seed=seed) for seed in (1, 2, 1)]
    assert warm[0] == warm[2] != warm[1]


def test_a_token_shows_its_rivals_to_pointer_and_keyboard(visit):
    page = visit()
    first_look(page)
    tokens, panel = view(page).locator(".lx-token"), view(page).locator(".lx-token-panel")
    before = panel.bounding_box()
    tokens.nth(20).hover()
    rivals = panel.locator("li")
    expect(rivals).to_have_count(8)
    name = panel.locator(".lx-token-facts b").inner_text()
    expect(panel.locator("li.lx-chosen b")).to_have_text(name)
    widths = rivals.evaluate_all("all => all.map((one) => one.querySelector('i').getBoundingClientRect().width)")
    assert widths[0] == max(widths)
    assert panel.bounding_box() == before, "nothing jumps"
    view(page).locator(".lx-text").focus()
    page.keyboard.press("Home")
    expect(tokens.first).to_contain_class("lx-here")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(tokens.nth(3)).to_contain_class("lx-here")
    expect(panel.locator(".lx-token-facts")).to_contain_text("surprise")


def test_curve_and_text_point_at_the_same_place(visit):
    page = visit()
    first_look(page)
    chart = view(page).locator(".lx-token-chart svg")
    expect(chart.locator("path").first).to_have_attribute("d", re.compile("L"), timeout=QUICK)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    count = view(page).locator(".lx-token").count()
    here = view(page).locator(".lx-here")
    expect(here).to_have_count(1)
    assert abs(int(here.get_attribute("data-i")) - (count - 1) / 2) <= 2
    expect(view(page).locator(".lx-chart-note")).to_contain_text("mean surprise")


def test_what_was_not_read_is_said(visit):
    page = visit()
    open_tab(page, WRITE)
    write(page, "What is the city but the people? " * 12, length=3)
    expect(view(page).locator(".lx-cut")).to_have_text(re.compile(rf"first {33 * 12 - 256} tokens were not read"))
    write(page, length=3)
    expect(view(page).locator(".lx-cut")).to_be_hidden()


BAD_BEGINNINGS = {"": "There is no text yet", "Roméo": "é → e", "<b onclick=alert(1)>": "‹", "🙂": "🙂"}


def test_a_bad_beginning_is_a_sentence_and_the_text_stays(visit):
    page = visit()
    first_look(page)
    before = view(page).evaluate("root => root.whole()")
    for prompt, words in BAD_BEGINNINGS.items():
        part(page, WRITE, "prompt", "textarea").fill(prompt)
        begin(page, WRITE)
        expect(toast(page)).to_contain_text(words, timeout=QUICK)
        ended(page, WRITE)
        assert view(page).evaluate("root => root.whole()") == before
        close_toasts(page)


def test_markup_in_a_text_is_only_ever_text(visit):
    """A model might write anything: a value with markup goes through the view."""
    page = visit()
    first_look(page)
    hostile = "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>${window.hurt=1}{{1}}"
    shown = page.evaluate(
        """(words) => { const box = document.querySelector('.lx-tokens .lx-text');
        const script = luoxia.tokenText(box); script.clear(); script.add([[words, 0.5, 0.5, 1, [words, 0.5]]]);
        luoxia.rivalBars(document.querySelector('.lx-rivals-list'), script.tokens[0]); return box.textContent; }""",
        hostile,
    )
    assert shown == hostile
    page.wait_for_timeout(300)
    assert page.evaluate("window.hurt") is None and page.locator(".lx-tokens img").count() == 0


def test_both_kinds_of_model_write(visit):
    page = visit()
    open_tab(page, WRITE)
    unfold(page, WRITE, ".lx-drawer")
    for model in ("LSTM · Shakespeare", "GPT · Shakespeare"):
        part(page, WRITE, "model", "input").click()
        page.get_by_role("option", name=model).click()
        assert len(write(page, length=30)) == 37


def test_a_saved_page_brings_its_settings_back(visit, tmp_path):
    page = visit()
    open_tab(page, WRITE)
    card = Card(WRITE, {"prompt": "JULIET:\n", "temperature": 1.25, "length": 77, "seed": 5})
    for kind in ("html", "txt"):
        file = tmp_path / f"saved.{kind}"
        file.write_bytes(encode(Document("x", (Part("JULIET:\n"),)), kind, card))
        put(page, WRITE, "length", 9)
        page.locator(".lx-open-row input[type=file]").set_input_files(file)
        expect(number(page, WRITE, "length")).to_have_value("77", timeout=QUICK)
        expect(number(page, WRITE, "temperature")).to_have_value("1.25")
        expect(part(page, WRITE, "prompt", "textarea")).to_have_value("JULIET:\n")


def test_what_was_written_goes_under_the_knife_with_its_settings(visit):
    page = visit()
    open_tab(page, WRITE)
    words = write(page, length=25, temperature=1.3)
    page.get_by_role("button", name="under the knife").click()
    expect(part(page, SURGERY, "prompt", "textarea")).to_have_value(words, timeout=QUICK)
    odds = part(page, SURGERY, "odds", ".lx-lamp-odds")
    expect(odds).to_have_attribute("data-position", "7", timeout=QUICK)
    expect(number(page, SURGERY, "temperature")).to_have_value("1.3")
    expect(part(page, SURGERY, "text", ".lx-tokens").locator(".lx-token")).to_have_count(len(words) + 1, timeout=QUICK)


def test_the_card_of_the_landing_view_types(visit):
    page = visit(at="", calm=False)
    card = page.locator('.lx-card[data-family="gpt"]')
    card.scroll_into_view_if_needed()  # filled when it is seen
    line = card.locator(".lx-typed")
    box = line.bounding_box()
    expect(line).not_to_have_attribute("data-typed", line.get_attribute("data-typed"), timeout=QUICK)
    assert line.bounding_box()["height"] == box["height"]


def test_under_reduced_motion_the_card_stands_still(visit):
    card = visit(at="").locator('.lx-card[data-family="gpt"]')
    card.scroll_into_view_if_needed()
    expect(card.locator(".lx-typed span").last).to_have_text(re.compile(".{20}", re.DOTALL), timeout=QUICK)


def test_scripts_come_for_what_is_shown(visit):
    page = visit()
    first_look(page)
    scripts_come(page, WRITE, '"gpt_write", "txt"', "With transformers", "to_library")
