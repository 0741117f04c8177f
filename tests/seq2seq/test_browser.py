"""The couplet tab in a real browser: answers at once, threads that light up, a typed line, the truth."""

import re

import pytest
from browser import QUICK, RUN, badge_of, open_tab, part, run, toast, unfold, untranslated
from playwright.sync_api import expect

PAGE = "seq2seq"
PAIR, BESIDE, TRAINING = "seq2seq_pair", "seq2seq_beside", "seq2seq_training"
HEADLINE = "落霞与孤鹜齐飞"


@pytest.fixture
def couplet(visit):
    """Open the tab as a new visitor; page and view."""

    def open_couplet(query="", **options):
        page = visit(query, **options)
        open_tab(page, PAIR)
        view = part(page, PAIR, "view", ".lx-couplet")
        expect(view).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
        return page, view

    return open_couplet


def line(view, side):
    """What stands in one of the two lines."""
    return "".join(view.locator(f".lx-stage .lx-pairing-{side} .lx-sign span").all_inner_texts())


def answered(page, view, upper):
    """Wait until this line is answered; the lower line."""
    expect(view.locator(".lx-stage .lx-pairing-upper")).to_have_text(re.compile("[平仄○？]?".join(upper)), timeout=RUN)
    expect(badge_of(page, PAIR)).to_have_attribute("data-state", "live", timeout=RUN)
    expect(view.locator(".lx-stage .lx-pairing-lower .lx-sign")).to_have_count(len(upper), timeout=RUN)
    return line(view, "lower")


def test_the_headline_is_answered_before_any_click(couplet):
    page, view = couplet()
    assert line(view, "upper") == HEADLINE
    lower = line(view, "lower")
    assert len(lower) == 7 and not set(lower) & set(HEADLINE)
    expect(badge_of(page, PAIR)).to_have_attribute("data-state", "cached")
    assert view.locator(".lx-stage .lx-threads path").count() >= 7
    assert not untranslated(page)


def test_a_character_shows_whom_it_answers(couplet):
    _, view = couplet()
    said = view.locator(".lx-thread-says")
    view.locator(".lx-stage .lx-pairing-lower .lx-sign").nth(2).hover()
    expect(said).to_contain_text(re.compile(r"looked at .+ \d+ %"))
    view.locator(".lx-stage .lx-pairing-upper .lx-sign").nth(4).focus()
    expect(said).to_contain_text("鹜 was looked at for")


def test_a_line_is_answered_while_one_types(couplet):
    page, view = couplet()
    part(page, PAIR, "upper", ":is(textarea, input)").fill("明月松间照")
    lower = answered(page, view, "明月松间照")
    assert len(lower) == 5 and not set(lower) & set("明月松间照")


def test_the_true_line_stays_hidden_until_it_is_asked_for(couplet):
    _, view = couplet()
    hidden = view.locator(".lx-true-reply")
    expect(hidden).to_be_hidden()
    view.locator(".lx-true-line > button").click()
    expect(hidden).to_contain_text("秋水共长天一色")
    assert line(view, "lower") == "秋水共长天一色"


def test_another_line_and_another_head_can_be_looked_at(couplet):
    _, view = couplet()
    second = view.locator(".lx-replies .lx-reply").nth(1)
    second.click()
    expect(second).to_have_attribute("aria-pressed", "true")
    assert line(view, "lower") in second.inner_text().replace("\n", "")
    heads = view.locator(".lx-head-grid button")
    assert heads.count() == 19
    heads.nth(5).click()
    expect(view.locator(".lx-head-says")).to_contain_text("layer 1, head 5")


def test_markup_in_a_line_is_never_interpreted(couplet):
    page, view = couplet()
    part(page, PAIR, "upper", ":is(textarea, input)").fill("<img src=x onerror=window.bad=1>")
    page.locator(f"#{PAIR}-run").click()
    expect(toast(page)).to_contain_text("does not know these characters", timeout=RUN)
    assert page.evaluate("window.bad") is None and line(view, "upper") == HEADLINE


def test_traditional_characters_are_named_with_the_simplified_ones(couplet):
    page, _ = couplet()
    part(page, PAIR, "upper", ":is(textarea, input)").fill("落霞與孤鶩齊飛")
    expect(toast(page)).to_contain_text("與 → 与", timeout=RUN)


def test_asked_tones_are_marked_as_opposed(couplet):
    page, view = couplet("?lang=en")
    part(page, PAIR, "tones", "input").click()
    page.get_by_role("option", name="Opposed at 2, 4, 6 and the end").click()
    run(page, PAIR)
    assert view.locator('.lx-pairing-lower [data-judged="false"]').count() == 0


def test_both_implementations_write_the_same(visit):
    page = visit()
    open_tab(page, BESIDE)
    page.locator(f"#{BESIDE}-run").click()
    expect(badge_of(page, BESIDE)).to_have_attribute("data-state", "live", timeout=RUN)
    expect(part(page, BESIDE, "view", ".lx-verdict")).to_have_text("Both wrote the same characters, every one of them.")


def test_the_time_machine_shows_three_couplets_at_every_moment(visit):
    page = visit()
    open_tab(page, TRAINING)
    course = part(page, TRAINING, "view", ".lx-couplet-course")
    expect(course).to_have_attribute("data-ready", "1", timeout=QUICK)
    first = course.locator(".lx-asked").first
    young = first.locator(".lx-pairing-lower").inner_text()
    scrubber = course.locator("input[type=range]")
    assert int(scrubber.get_attribute("max")) >= 7
    scrubber.focus()
    page.keyboard.press("End")
    expect(first.locator(".lx-pairing-lower")).not_to_have_text(young)


def test_on_a_phone_the_line_and_its_answer_come_first(couplet):
    page, view = couplet(size=(390, 844))
    box, stage = part(page, PAIR, "upper").bounding_box(), view.locator(".lx-stage").bounding_box()
    assert box["y"] < stage["y"] and stage["x"] >= 0 and stage["x"] + stage["width"] <= 390
    unfold(page, PAIR)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
