"""The autoencoder tab in the browser: the plane, which asks nobody; a digit rebuilt; and the course of a training."""

import re

import numpy as np
import pytest
from browser import QUICK, badge_of, changed, number, open_tab, part, pick, pixels, put, settled
from playwright.sync_api import expect

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.service import Service
from aigc_demo.services.vae.requests import KINDS, Plane

PAGE = "vae"
PLANE, REBUILD, TRAINING = "vae_plane", "vae_rebuild", "vae_training"
POINTS = [(0.0, 0.0, 3), (0.6, -0.4, 8), (-1.7, 2.2, 0), (3.9, -3.9, 5), (-4.0, 4.0, 9)]
FIELD, FOUR = f"#{PLANE}-view .lx-field", f"#{PLANE}-view .lx-four"


@pytest.fixture(scope="module")
def service():
    """The four models as they ship, in torch."""
    return Service(Store(device="cpu"))


def plane(page, use_case=PLANE):
    """The plane, once its weights are there."""
    open_tab(page, use_case)
    root = part(page, use_case, "view", ".lx-plane")
    expect(root).to_have_attribute("data-ready", "1", timeout=QUICK)
    settled(page)
    return root


def drag(page, *stops):
    """Press at the first stop, move through the others and let go; stops are shares of the field's width and height."""
    box = page.locator(FIELD).bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stops]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=3)
    page.mouse.up()


def place(page):
    """Where the point is, as the page says it."""
    words = part(page, PLANE, "view", ".lx-where").text_content()
    return tuple(
        float(number) for number in re.findall(r"[-\d.]+", words.translate({0x2212: "-", 0x2081: "", 0x2082: ""}))
    )


def test_the_browser_decodes_what_torch_does(visit, service):
    root = plane(visit())
    for x, y, digit in POINTS:
        expected = service.result("vae_plane", Plane(x, y, digit))
        for kind, picture in zip(KINDS, expected, strict=True):
            found = root.evaluate("(root, at) => [...root.decode(...at)]", [kind, x, y, digit])
            assert np.abs(np.array(found).reshape(28, 28) - picture).max() <= 1e-3, (kind, x, y, digit)


def test_dragging_and_arrow_keys_change_all_four_pictures_and_ask_nobody(visit):
    page = visit()
    plane(page)
    asked, before = len(page.notes.requests), pixels(page, FOUR)
    drag(page, (0.5, 0.5), (0.2, 0.4), (0.25, 0.3))
    dragged = changed(page, FOUR, before)
    assert all(old != new for old, new in zip(before, dragged, strict=True))
    page.locator(FIELD).focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    pressed = changed(page, FOUR, dragged)
    assert all(old != new for old, new in zip(dragged, pressed, strict=True))
    page.keyboard.press("Home")
    expect(part(page, PLANE, "view", ".lx-where")).to_have_text("z₁ = 0.00 · z₂ = 0.00")
    expect(number(page, PLANE, "x")).to_have_value("0", timeout=QUICK)
    page.locator("#vae_plane-view [data-show=map]").click()
    expect(part(page, PLANE, "view", ".lx-plane")).to_have_attribute("data-charted", "vae", timeout=QUICK)
    assert page.notes.requests[asked:] == [], "the plane asked the server"


def test_sliders_and_point_stay_in_step(visit):
    page = visit()
    plane(page)
    where = part(page, PLANE, "view", ".lx-where")
    put(page, PLANE, "x", -2.5)
    expect(where).to_contain_text("z₁ = −2.50", timeout=QUICK)
    drag(page, (0.75, 0.25))
    x, y = place(page)
    assert (x, y) == pytest.approx((2, 2), abs=0.1)
    expect(number(page, PLANE, "x")).to_have_value(f"{x:g}", timeout=QUICK)
    expect(number(page, PLANE, "y")).to_have_value(f"{y:g}", timeout=QUICK)
    before = pixels(page, FOUR)
    pick(page, PLANE, "digit", "7")
    after = changed(page, FOUR, before)
    assert [old != new for old, new in zip(before, after, strict=True)] == [False, False, True, False]
    expect(badge_of(page, PLANE)).to_contain_text("in this browser")


def test_the_line_beside_the_plane_says_what_lies_near(visit):
    page = visit()
    plane(page)
    near = part(page, PLANE, "view", ".lx-near")
    expect(near).to_contain_text("Near")
    drag(page, (0.99, 0.01))
    expect(near).to_have_text("No digit lies near: this is made up.")
    page.locator("#vae_plane-view [data-kind=ae]").click()
    expect(page.locator("#vae_plane-view [data-about=ae]")).to_be_visible()
    expect(page.locator("#vae_plane-view [data-about=vae]")).to_be_hidden()


def test_colours_can_be_seen_one_at_a_time(visit):
    page = visit()
    plane(page)
    before = pixels(page, FIELD)
    page.locator("#vae_plane-view [data-only='4']").click()
    one = changed(page, FIELD, before)
    page.locator("#vae_plane-view [data-only='4']").click()
    assert changed(page, FIELD, one) == before


def test_a_locked_number_stays_where_the_lesson_put_it(visit):
    page = visit("?tab=vae_plane&x=1.5&y=0.5&lock=x")
    plane(page)
    expect(number(page, PLANE, "x")).to_be_disabled(timeout=QUICK)
    expect(part(page, PLANE, "view", ".lx-where")).to_have_text("z₁ = 1.50 · z₂ = 0.50", timeout=QUICK)
    drag(page, (0.25, 0.75))
    expect(part(page, PLANE, "view", ".lx-where")).to_contain_text("z₂ = −", timeout=QUICK)
    assert place(page) == pytest.approx((1.5, -2), abs=0.1)
    assert place(page)[0] == 1.5


def test_weights_that_do_not_arrive_can_be_asked_for_again(visit):
    page = visit(at="")
    page.route("**/vae-plane.safetensors*", lambda route: route.abort("aborted"))
    open_tab(page, PLANE)
    again = part(page, PLANE, "view", ".lx-arriving button")
    expect(again).to_be_visible(timeout=QUICK)
    page.unroute("**/vae-plane.safetensors*")
    again.click()
    expect(part(page, PLANE, "view", ".lx-plane")).to_have_attribute("data-ready", "1", timeout=QUICK)


def test_a_digit_is_rebuilt_by_all_four_and_sampled_again(visit):
    page = visit()
    open_tab(page, REBUILD)
    rows = f"#{REBUILD}-view .lx-rows"
    view = part(page, REBUILD, "view", ".lx-rebuilds")
    expect(view).to_have_attribute("data-ready", "1", timeout=QUICK)
    before = pixels(page, rows)
    part(page, REBUILD, "sample", "[data-digit='7']").click()
    picked = changed(page, rows, before)
    expect(badge_of(page, REBUILD)).to_have_attribute("data-state", "live", timeout=QUICK)
    expect(view.locator(".lx-verdict")).to_contain_text("told that this is a 7")
    page.locator(f"#{REBUILD}-again").click()
    expect(number(page, REBUILD, "seed")).not_to_have_value("7", timeout=QUICK)
    sampled = changed(page, rows, picked)
    kept = {kind: sampled[10 * i : 10 * i + 2] == picked[10 * i : 10 * i + 2] for i, kind in enumerate(KINDS)}
    assert all(kept.values()), "rebuilt and error do not hang on the seed"
    assert sampled[:10] == picked[:10], "an autoencoder has nothing to sample"
    assert sampled[12:20] != picked[12:20], "a variational one has"
    pick(page, REBUILD, "code", "16")
    changed(page, rows, sampled)
    expect(view.locator(".lx-posterior").nth(1).locator(".lx-whisker")).to_have_count(16)


def test_a_picked_digit_takes_the_place_of_a_drawing(visit):
    page = visit()
    open_tab(page, REBUILD)
    expect(part(page, REBUILD, "view", ".lx-rebuilds")).to_have_attribute("data-ready", "1", timeout=QUICK)
    page.locator(f"#tab-{REBUILD} .lx-drawer > button").click()
    before = pixels(page, f"#{REBUILD}-view .lx-before")
    box = part(page, REBUILD, "drawing", "canvas").bounding_box()
    page.mouse.move(box["x"] + 110, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 110, box["y"] + 180, steps=4)
    page.mouse.up()
    drawn = changed(page, f"#{REBUILD}-view .lx-before", before)
    part(page, REBUILD, "sample", "[data-digit='5']").click()
    changed(page, f"#{REBUILD}-view .lx-before", drawn)
    expect(part(page, REBUILD, "view", ".lx-verdict")).to_contain_text("this is a 5", timeout=QUICK)


def test_the_course_of_a_training_is_scrubbed_without_the_server(visit):
    page = visit()
    open_tab(page, TRAINING)
    root = part(page, TRAINING, "view", ".lx-course")
    expect(root).to_have_attribute("data-ready", "1", timeout=QUICK)
    settled(page)
    asked, before = len(page.notes.requests), pixels(page, f"#{TRAINING}-view")
    scrubber = root.locator("input[type=range]")
    scrubber.focus()
    expect(root.locator("output")).to_contain_text("1 / 11 · 0 pictures seen")
    scrubber.press("End")
    expect(root).to_have_attribute("data-frame", "10")
    after = changed(page, f"#{TRAINING}-view", before)
    assert all(old != new for old, new in zip(before, after, strict=True)), "dots and map move"
    assert page.notes.requests[asked:] == [], "scrubbing asked the server"
