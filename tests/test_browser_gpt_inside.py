"""The tabs that look inside the GPT in a real browser: first results without a click, live ones, and a training."""

import re

from browser import QUICK, RUN, badge_of, begin, close_toasts, ended, open_tab, part, pixels, put, run, toast, unfold
from playwright.sync_api import expect

PAGE = "gpt"
ATTENTION, LSTM, CACHE, BESIDE = "gpt_attention", "gpt_lstm", "gpt_cache", "gpt_beside"
TUNE, TRAINING = "gpt_tune", "gpt_training"
TEXT = "the king is dead, long live the king.\n" * 20
NASTY = "<img src=x onerror=alert(1)>"


def first_look(page, use_case, kind):
    """Open a tab: a result that ships is there before any click. Its view."""
    open_tab(page, use_case)
    view = part(page, use_case, "view", f".lx-{kind}")
    expect(view).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "cached")
    return view


def test_a_head_is_chosen_and_shown_on_the_text_without_the_server(visit):
    page = visit()
    view = first_look(page, ATTENTION, "attend")
    words = view.locator(".lx-attend-large figcaption span")  # of the head that looks back to where the word began
    expect(words).to_contain_text(re.compile(r"the last gap between words ([4-9]\d|100) %"))
    asked = len(page.notes.requests)
    view.locator(".lx-attend-grid button").nth(7).click()
    expect(view).to_have_attribute("data-head", "1,1")
    expect(view.locator(".lx-attend-grid button[aria-pressed=true]")).to_have_count(1)
    view.locator(".lx-seen .lx-token").nth(9).hover()
    expect(view).to_have_attribute("data-row", "9")
    expect(view.locator(".lx-seen .lx-token.lx-ahead")).to_have_count(view.locator(".lx-token").count() - 10)
    expect(view.locator(".lx-verdict")).to_contain_text("Character 10")
    assert len(page.notes.requests) == asked


def test_another_text_is_looked_at_and_markup_in_it_is_text(visit):
    page = visit()
    view = first_look(page, ATTENTION, "attend")
    box = part(page, ATTENTION, "prompt", "textarea")
    box.fill("b onerror-alert-")
    expect(badge_of(page, ATTENTION)).to_have_attribute("data-state", "live", timeout=QUICK)
    expect(view.locator(".lx-seen")).to_have_text("b onerror-alert-", timeout=QUICK)
    box.fill(NASTY)
    expect(toast(page)).to_contain_text("does not know these characters", timeout=QUICK)
    assert not page.locator("img[src=x]").count()


def test_both_write_and_what_they_keep_is_shown(visit):
    page = visit()
    view = first_look(page, LSTM, "memory")
    unfold(page, LSTM, ".lx-drawer")
    put(page, LSTM, "length", 24)
    before = view.locator(".lx-author .lx-text").first.inner_text()
    run(page, LSTM)
    expect(view).to_have_attribute("data-ready", "24", timeout=QUICK)
    texts = view.locator(".lx-author .lx-text").all_inner_texts()
    assert texts[0] != before and texts[0] != texts[1]
    facts = view.locator(".lx-author-facts").all_inner_texts()
    assert all("numbers" in line and "nats" not in line for line in facts)
    assert view.locator(".lx-cell-strip canvas").evaluate("canvas => canvas.width") > 100
    expect(view.locator(".lx-verdict")).to_contain_text("HENRY")


def test_the_race_shows_both_speeds_and_the_same_text(visit):
    page = visit()
    view = first_look(page, CACHE, "race")
    put(page, CACHE, "length", 30)
    run(page, CACHE)
    expect(view).to_have_attribute("data-ready", "30", timeout=QUICK)
    assert all(float(number) > 0 for number in view.locator(".lx-lane b").all_inner_texts())
    expect(view.locator(".lx-chart path")).to_have_count(2)
    expect(view.locator(".lx-author-facts")).to_contain_text("both ways wrote the same characters")


def test_ours_and_transformers_agree_until_a_mistake_is_made(visit):
    page = visit()
    first_look(page, BESIDE, "twins")
    verdict = page.locator("#gpt_beside-verdict .lx-verdict")
    expect(verdict).to_contain_text("100 / 100")
    put(page, BESIDE, "length", 10)
    part(page, BESIDE, "mistake", "input").click()
    page.get_by_role("option", name="no causal mask").click()
    run(page, BESIDE)
    expect(verdict).to_contain_text("blocks.0.attention.out", timeout=QUICK)
    expect(page.locator("#gpt_beside-layers .lx-mark")).to_have_count(1)


def test_a_text_of_ones_own_is_learned_and_written_with(visit):
    page = visit()
    open_tab(page, TUNE)
    view = part(page, TUNE, "view", ".lx-tune")
    file = {"name": "mine.txt", "mimeType": "text/plain", "buffer": (TEXT + "中").encode()}
    part(page, TUNE, "text", "input[type=file]").set_input_files(file)
    expect(part(page, TUNE, "text", "output")).to_contain_text("characters")
    shipped = view.get_attribute("data-step")
    begin(page, TUNE)
    expect(view).not_to_have_attribute("data-step", shipped, timeout=RUN)
    expect(view).to_have_attribute("data-step", re.compile(r"[2-9]|\d\d+"), timeout=RUN)
    expect(view.locator(".lx-samples li")).not_to_have_count(0, timeout=RUN)
    part(page, TUNE, "stop").click()
    ended(page, TUNE)
    step = int(view.get_attribute("data-step"))
    expect(view.locator(".lx-dropped")).to_contain_text("中 × 1")
    assert step > 1 and view.locator(".lx-samples li").count() >= 1
    part(page, TUNE, "own", ":is(textarea, input)").first.fill("the king")
    own = page.locator('#gpt_tune-own-view .lx-tokens[data-tokens]:not([data-tokens="0"])')
    for _ in range(60):  # while the server still lets go of the model, it is busy, and that is said
        page.locator("#gpt_tune-own-run").click()
        expect(own.or_(toast(page)).first).to_be_visible(timeout=RUN)
        if not toast(page).count():
            break
        expect(toast(page)).to_contain_text("is training or writing already")
        close_toasts(page)
    expect(own).to_be_visible()


def test_a_file_that_is_no_text_stays_outside(visit):
    page = visit()
    open_tab(page, TUNE)
    box = part(page, TUNE, "text", "textarea")
    before = box.input_value()
    for name, content in (("a.txt", b"\x89PNG\r\n\x1a\n\0\xff"), ("b.txt", b"a" * 1_000_001)):
        file = {"name": name, "mimeType": "text/plain", "buffer": content}
        part(page, TUNE, "text", "input[type=file]").set_input_files(file)
        expect(page.locator(".lx-toasts p").last).to_be_visible()
        assert box.input_value() == before


def test_an_empty_text_is_one_sentence(visit):
    page = visit()
    open_tab(page, TUNE)
    begin(page, TUNE)
    expect(toast(page)).to_contain_text("There is no text to train on yet", timeout=RUN)


def test_the_course_of_a_training_can_be_scrubbed(visit):
    page = visit()
    open_tab(page, TRAINING)
    view = part(page, TRAINING, "view", ".lx-lessons")
    expect(view).to_have_attribute("data-ready", "gpt-shakespeare", timeout=QUICK)
    young, costs = view.locator(".lx-text").inner_text(), view.locator(".lx-teacher-mean").inner_text()
    scrubber = view.locator("input[type=range]")
    assert int(scrubber.get_attribute("max")) >= 7
    expect(view).to_have_attribute("data-frame", "0")
    scrubber.press("End")
    expect(view).to_have_attribute("data-frame", scrubber.get_attribute("max"))
    assert view.locator(".lx-text").inner_text() != young and view.locator(".lx-teacher-mean").inner_text() != costs
    rows = [row.locator("td").all_inner_texts() for row in view.locator(".lx-teacher tr").all()]
    assert rows[0][1:] == rows[1][:-1] and len(rows[2]) == len(rows[1])  # the targets are the text, moved by one
    before = view.locator(".lx-text").inner_text()
    view.locator("[data-model=lstm-shakespeare]").click()
    expect(view).to_have_attribute("data-ready", "lstm-shakespeare", timeout=QUICK)
    assert view.locator(".lx-text").inner_text() != before and not pixels(page, "#gpt_training-view")
