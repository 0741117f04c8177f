"""The text VAE tab in a real browser: first results without a click, scrubbing without the server, odd input."""

import re

from browser import QUICK, badge_of, open_tab, part, scripts_come, settled, unfold
from playwright.sync_api import expect

PAGE = "textvae"
MORPH, DRAW, COMPARE, TRAINING = (f"textvae_{name}" for name in ("morph", "draw", "compare", "training"))


def first_look(page, use_case):
    """Open a tab: a result that ships is there before any click. Its view."""
    open_tab(page, use_case)
    view = part(page, use_case, "view", ".lx-view")
    expect(view).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "cached")
    return view


def write(page, use_case, name, text):
    """Type a sentence and wait for the live answer."""
    part(page, use_case, name, ":is(textarea, input)").first.fill(text)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "live", timeout=QUICK)
    settled(page)


def test_the_slider_scrubs_the_way_without_asking_the_server(visit):
    page = visit()
    view = first_look(page, MORPH)
    settled(page)
    asked = len(page.notes.requests)
    slider, seen = view.locator("input[type=range]"), []
    slider.press("Home")
    for place in range(11):
        expect(view).to_have_attribute("data-frame", str(place))
        seen.append(view.locator(".lx-tv-now-text").inner_text())
        expect(view.locator(".lx-tv-steps .lx-here")).to_have_count(2)
        slider.press("ArrowRight")
    assert len(set(seen)) > 2 and len(page.notes.requests) == asked
    steps = view.locator('[data-way="codes"] button span:not([class])')
    assert [text.strip() for text in steps.all_inner_texts()] == [text.strip() for text in seen]
    view.locator('[data-way="fade"] button').nth(3).click()
    expect(view).to_have_attribute("data-frame", "3")


def test_sentences_of_ones_own_are_read_and_what_is_not_read_is_named(visit):
    page = visit()
    view = first_look(page, MORPH)
    write(page, MORPH, "first", "明月鬆間照，清泉石上流🙂")
    notes = view.locator(".lx-tv-notes")
    expect(notes).to_contain_text("“間” is not in the vocabulary; “间” was read for it.")
    expect(notes).to_contain_text("清泉石上流🙂")
    expect(view.locator('[data-way="codes"] li').first).to_contain_text("明月松间照")


def test_markup_and_direction_signs_in_a_sentence_stay_text(visit):
    page = visit()
    view = first_look(page, DRAW)
    part(page, DRAW, "corpus", "input[value=reviews]").check(force=True)
    write(page, DRAW, "around", "a <img src=x onerror=alert(1)> \u202efilm")
    expect(view.locator(".lx-tv-middle")).to_contain_text("film")
    assert view.locator("img").count() == 0


def test_a_preset_sets_both_sentences(visit):
    page = visit()
    view = first_look(page, MORPH)
    page.locator(f"#tab-{MORPH}").get_by_role("button", name="moon → sun (zh)").click()
    expect(view.locator('[data-way="codes"] li').last).to_contain_text("白日依山尽", timeout=QUICK)


def test_another_language_empties_the_boxes(visit):
    page = visit()
    view = first_look(page, MORPH)
    write(page, MORPH, "first", "明月松间照")
    part(page, MORPH, "corpus", "input[value=reviews]").check(force=True)
    expect(view.locator('[data-way="codes"] li').first).to_contain_text("beautiful film", timeout=QUICK)
    expect(part(page, MORPH, "first", ":is(textarea, input)").first).to_have_value("")


def test_a_new_seed_draws_other_sentences(visit):
    page = visit()
    view = first_look(page, DRAW)
    before = view.locator(".lx-tv-drawn").inner_text()
    page.locator(f"#tab-{DRAW} .lx-dice").click()
    expect(view.locator(".lx-tv-drawn")).not_to_have_text(before, timeout=QUICK)
    expect(view.locator(".lx-tv-drawn li")).to_have_count(8)


def test_four_models_and_the_measured_table_stand_side_by_side(visit):
    page = visit()
    view = first_look(page, COMPARE)
    expect(view.locator(".lx-cost-row")).to_have_count(4)
    unfold(page, COMPARE)
    rows = part(page, COMPARE, "measured", "tbody tr")
    expect(rows).to_have_count(4, timeout=QUICK)
    nll = [float(re.search(r"[\d.]+", rows.nth(i).locator("td").nth(1).inner_text())[0]) for i in range(4)]
    assert nll == sorted(nll)  # the ordering of Bowman et al., table 2
    expect(page.locator(f"#{COMPARE}-bars figure:visible")).to_have_count(2)


def test_hiding_all_words_hides_all_words(visit):
    page = visit()
    view = first_look(page, COMPARE)
    page.locator(f"#tab-{COMPARE}").get_by_role("button", name="show nothing").click()
    expect(view.locator(".lx-tv-hide .lx-hidden-word")).to_have_count(5, timeout=QUICK)


def test_the_course_of_both_trainings_can_be_scrubbed(visit):
    page = visit()
    open_tab(page, TRAINING)
    view = part(page, TRAINING, "view", ".lx-textcourse")
    expect(view).to_have_attribute("data-ready", "verse", timeout=QUICK)
    scrubber = view.locator("input[type=range]")
    assert int(scrubber.get_attribute("max")) >= 8
    young = view.locator(".lx-tv-three").first.inner_text()
    expect(view).to_have_attribute("data-frame", "0")
    scrubber.press("End")
    expect(view).to_have_attribute("data-frame", scrubber.get_attribute("max"))
    assert view.locator(".lx-tv-three").first.inner_text() != young
    view.locator("[data-corpus=reviews]").click()
    expect(view).to_have_attribute("data-ready", "reviews", timeout=QUICK)
    expect(view.locator(".lx-chart path")).to_have_count(3)


def test_scripts_come_for_what_is_shown(visit):
    page = visit()
    for use_case in (MORPH, DRAW, COMPARE):
        first_look(page, use_case)
        scripts_come(page, use_case, "aigc_demo", "With plain PyTorch", "nn.LSTM")
