"""The CycleGAN tab in a real browser: first results without a click, live ones after it, a picture of one's own."""

import re
import time

from api import encoded
from browser import QUICK, badge_of, changed, open_tab, part, pixels, scripts_come
from PIL import Image
from playwright.sync_api import expect

PAGE = "cyclegan"
TRANSLATE, COMPARE, TRAINING = "cyclegan_translate", "cyclegan_compare", "cyclegan_training"


def first_look(page, use_case):
    """Open a tab: a result that ships is there before any click. Its view."""
    open_tab(page, use_case)
    view = part(page, use_case, "view", ".lx-view")
    expect(view).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "cached")
    return view


def live(page, use_case, before):
    """Wait until the pictures of a view have changed and the badge says that they are live; the pictures now."""
    now = changed(page, f"#{use_case}-view", before)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "live", timeout=QUICK)
    return now


def percentages(line):
    """The numbers in a sentence that stand before a per cent sign."""
    return [float(number) for number in re.findall(r"([\d.]+) %", line)]


def test_a_picked_emoji_goes_there_and_back(visit):
    page = visit()
    view = first_look(page, TRANSLATE)
    before = pixels(page, f"#{TRANSLATE}-view")
    part(page, TRANSLATE, "sample", "button").nth(13).click()
    first = live(page, TRANSLATE, before)
    names = view.locator("figure:visible figcaption b").all_inner_texts()
    assert names[:3] == ["Original", "Translated", "And back again"] and "The true pair" in names
    words = percentages(part(page, TRANSLATE, "view", ".lx-verdict").inner_text())
    assert len(words) == 5 and all(0 <= number <= 100 for number in words)
    part(page, TRANSLATE, "direction", "input[value=to_twitter]").click()
    live(page, TRANSLATE, first)
    expect(view.locator('[data-tile="picture"] figcaption span')).to_have_text("in Google style")


def test_a_picture_of_ones_own_has_no_true_pair_and_gives_way_to_an_emoji(visit):
    page = visit()
    view = first_look(page, TRANSLATE)
    before = pixels(page, f"#{TRANSLATE}-view")
    page.get_by_role("button", name="Draw or upload your own").click()
    photo = encoded(Image.new("RGB", (200, 100), "tomato"))
    file = {"name": "photo.png", "mimeType": "image/png", "buffer": photo}
    part(page, TRANSLATE, "picture", "input[type=file]").set_input_files(file)
    own = live(page, TRANSLATE, before)
    expect(view.locator('[data-tile="truth"]')).to_be_hidden()
    expect(view.locator('[data-tile="picture"] figcaption span')).to_contain_text("64 × 64")
    part(page, TRANSLATE, "sample", "button").nth(5).click()
    live(page, TRANSLATE, own)
    expect(view.locator('[data-tile="truth"]')).to_be_visible()
    expect(part(page, TRANSLATE, "picture", ".lx-sketch")).to_contain_class("lx-empty", timeout=QUICK)


def test_one_draws_in_colour(visit):
    page = visit()
    first_look(page, TRANSLATE)
    before = pixels(page, f"#{TRANSLATE}-view")
    page.get_by_role("button", name="Draw or upload your own").click()
    sheet = part(page, TRANSLATE, "picture", "canvas")
    part(page, TRANSLATE, "picture", "button[data-ink='#DD2E44']").click()
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 160, steps=5)
    page.mouse.up()
    live(page, TRANSLATE, before)
    middle = "canvas => [...canvas.getContext('2d').getImageData(110, 110, 1, 1).data]"
    assert sheet.evaluate(middle) == [0xDD, 0x2E, 0x44, 255]


def test_three_ways_are_measured_and_the_nearest_is_marked(visit):
    page = visit()
    view = first_look(page, COMPARE)
    rows = view.locator(".lx-rival")
    filled = "rows => rows.map(row => [...row.querySelectorAll('figcaption')].map(words => words.innerText).join(' '))"
    errors, until = [[]], time.monotonic() + QUICK / 1000
    while [len(row) for row in errors] != [8, 8, 8] and time.monotonic() < until:  # all at one moment
        page.wait_for_timeout(100)
        errors = [percentages(words) for words in rows.evaluate_all(filled)[:3]]
    assert [len(row) for row in errors] == [8, 8, 8]
    for place, column in enumerate(zip(*errors, strict=True)):
        marked = [rows.nth(i).locator("figcaption.lx-least").count() for i in range(3)]
        assert sum(marked) >= 8
        best = rows.nth(column.index(min(column))).locator("figcaption").nth(place)
        expect(best).to_contain_class("lx-least")
    before = pixels(page, f"#{COMPARE}-view")
    part(page, COMPARE, "row", "input[value=signs]").click()
    live(page, COMPARE, before)
    assert len(percentages(part(page, COMPARE, "view", ".lx-verdict").inner_text())) == 3


def test_the_course_of_both_trainings_can_be_scrubbed(visit):
    page = visit()
    open_tab(page, TRAINING)
    view = part(page, TRAINING, "view", ".lx-epochs")
    expect(view).to_have_attribute("data-ready", "1", timeout=QUICK)
    first = pixels(page, f"#{TRAINING}-view")
    scrubber = view.locator("input[type=range]")
    assert int(scrubber.get_attribute("max")) >= 8
    expect(view).to_have_attribute("data-frame", "0")
    scrubber.press("End")
    last = changed(page, f"#{TRAINING}-view", first)
    assert first[:8] == last[:8] and all(a != b for a, b in zip(first[8:], last[8:], strict=True))
    expect(view.locator(".lx-chart path")).to_have_count(6)


def test_scripts_come_for_what_is_shown(visit):
    page = visit()
    for use_case in (TRANSLATE, COMPARE):
        first_look(page, use_case)
        scripts_come(page, use_case, "aigc_demo", "With plain PyTorch", "nn.InstanceNorm2d")
