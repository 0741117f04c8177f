"""The other inner tabs of diffusion in a real browser: first results without a click, and live ones after it."""

import base64
import io
import json
import math
import re

import pytest
from browser import QUICK, badge_of, begin, changed, ended, number, open_tab, part, pick, pixels, put, run, scope, toast
from PIL import Image
from playwright.sync_api import expect

from aigc_demo.services.first_results import EXAMPLES

PAGE = "diffusion"
FORWARD, REDRAW, WALK = "diffusion_forward", "diffusion_redraw", "diffusion_walk"
TRAINING = EXAMPLES / "diffusion-digits-training.json"


def png(draw=lambda x, y: (x - 32) ** 2 + (y - 32) ** 2 < 300) -> bytes:
    """A black shape on white, 64 x 64."""
    picture = Image.new("L", (64, 64), 255)
    picture.putdata([0 if draw(i % 64, i // 64) else 255 for i in range(64 * 64)])
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def upload(page, use_case, content, name="digit.png", kind="image/png"):
    """Put a file on the sketch."""
    part(page, use_case, "drawing", "input[type=file]").set_input_files(
        {"name": name, "mimeType": kind, "buffer": content}
    )


def strokes(page, use_case):
    """Draw a one with the mouse."""
    canvas = part(page, use_case, "drawing", "canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8, steps=5)
    page.mouse.up()


def test_forward_moves_without_the_server_and_tells_the_schedule(visit):
    page = visit()
    open_tab(page, FORWARD)
    view = part(page, FORWARD, "view", ".lx-forward")
    expect(view).to_have_attribute("data-ready", "1", timeout=QUICK)
    shipped = json.loads((EXAMPLES / "diffusion_forward.json").read_text())["value"]
    signals = memoryview(base64.b64decode(shipped["signals"])).cast("f")
    asked, before = len(page.notes.requests), pixels(page, f"#{FORWARD}-view")
    slider = part(page, FORWARD, "level", "input[type=range]")
    for level in (0, 250, 999):
        slider.fill(str(level))
        expect(view).to_have_attribute("data-level", str(level))
        words = view.locator("output").inner_text()
        shown = float(re.search(r"ᾱ = ([\d.e+-]+)", words)[1])
        assert shown == pytest.approx(signals[level], rel=0.06), words
        decibel = float(re.search(r"([-−]?[\d.]+) dB", words)[1])
        assert decibel == pytest.approx(10 * math.log10(signals[level] / (1 - signals[level])), abs=0.06)
        assert (before := changed(page, f"#{FORWARD}-view", before)), level
    slider.press("ArrowLeft")
    expect(view).to_have_attribute("data-level", "998")
    assert page.notes.requests[asked:] == [], "the slider asked the server"


def test_forward_takes_real_drawn_and_uploaded_digits(visit):
    page = visit()
    open_tab(page, FORWARD)
    view = part(page, FORWARD, "view", ".lx-forward")
    expect(view).to_have_attribute("data-ready", "1", timeout=QUICK)
    part(page, FORWARD, "level", "input[type=range]").fill("0")
    expect(view).to_have_attribute("data-level", "0")
    seven = pixels(page, f"#{FORWARD}-view")
    picker = part(page, FORWARD, "sample")
    picker.get_by_role("button", name="3", exact=True).click()
    expect(picker.get_by_role("button", name="3", exact=True)).to_have_attribute("aria-pressed", "true")
    three = changed(page, f"#{FORWARD}-view", seven)
    expect(badge_of(page, FORWARD)).to_have_attribute("data-state", "live")
    picker.get_by_role("button", name="Other hands").click()
    other = changed(page, f"#{FORWARD}-view", three)
    expect(view).to_have_attribute("data-level", "0")

    page.locator(f"#tab-{FORWARD} .lx-drawer > button").click()
    expect(part(page, FORWARD, "drawing", ".lx-sketch")).to_be_visible()
    strokes(page, FORWARD)
    drawn = changed(page, f"#{FORWARD}-view", other)
    upload(page, FORWARD, png())
    changed(page, f"#{FORWARD}-view", drawn)
    part(page, FORWARD, "drawing", ".lx-clear").click()
    page.wait_for_function(
        "([where, other]) => document.querySelector(where + ' canvas').toDataURL() === other",
        arg=[f"#{FORWARD}-view", other[0]],
        timeout=QUICK,
    )


def test_redraw_starts_from_a_drawing(visit):
    page = visit()
    open_tab(page, REDRAW)
    expect(scope(page, REDRAW)).to_have_attribute("data-ready", "1", timeout=QUICK)
    expect(badge_of(page, REDRAW)).to_have_attribute("data-state", "cached")
    first = pixels(page, f"#{REDRAW}-scope")
    strokes(page, REDRAW)
    put(page, REDRAW, "level", 500)
    run(page, REDRAW)
    drawn = changed(page, f"#{REDRAW}-scope", first)
    upload(page, REDRAW, png())
    run(page, REDRAW)
    changed(page, f"#{REDRAW}-scope", drawn)

    ink = pixels(page, f"#{REDRAW}-drawing")
    page.locator("button[data-lang=zh]").click()  # a drawing is too long for an address, and is kept all the same
    page.wait_for_url("**lang=zh**")
    expect(part(page, REDRAW, "run")).to_have_text("加噪再去噪", timeout=QUICK)
    page.wait_for_function(
        "([where, ink]) => document.querySelector(where + ' canvas')?.toDataURL() === ink",
        arg=[f"#{REDRAW}-drawing", ink[0]],
        timeout=QUICK,
    )


def test_files_that_are_no_pictures_get_a_sentence(visit):
    page = visit()
    open_tab(page, REDRAW)
    for content, name, kind in [
        (b"\x89PNG\r\n\x1a\nbroken", "a.png", "image/png"),
        (b"<svg/>", "a.svg", "image/svg+xml"),
    ]:
        upload(page, REDRAW, content, name, kind)
        begin(page, REDRAW)
        ended(page, REDRAW, QUICK)
        expect(toast(page)).to_contain_text("not a picture that can be read", timeout=QUICK)
        expect(page.locator("#lx-live")).to_have_text("That did not work")
    asked = len(page.notes.requests)
    upload(page, REDRAW, b"0" * 1_500_000, "large.png")
    expect(page.get_by_text("not a picture that the browser can read").first).to_be_attached()
    assert not [url for url in page.notes.requests[asked:] if "queue/join" in url]
    part(page, REDRAW, "drawing", ".lx-clear").click()
    run(page, REDRAW)


def test_the_walk_plays(visit):
    page = visit(calm=False)
    open_tab(page, WALK)
    expect(scope(page, WALK)).to_have_attribute("data-ready", "1", timeout=QUICK)
    frame = scope(page, WALK).get_attribute("data-frame")
    expect(scope(page, WALK)).not_to_have_attribute("data-frame", frame, timeout=QUICK)
    put(page, WALK, "frames", 5)
    run(page, WALK)
    expect(scope(page, WALK)).to_have_attribute("data-count", "5", timeout=QUICK)
    play = scope(page, WALK).locator("button")
    expect(play).to_contain_class("lx-playing")
    play.click()
    expect(play).not_to_contain_class("lx-playing")


COMPARISONS = {  # use-case -> what to set, how many pictures come of it; None: as many as before
    "diffusion_grid": ({"seeds": 2}, 20),
    "diffusion_samplers": ({}, None),
    "diffusion_cut": ({"few": 3, "many": 9}, 4),
}


def test_comparisons_show_a_first_and_a_live_result(visit):
    page = visit()
    for use_case, (settings, tiles) in COMPARISONS.items():
        open_tab(page, use_case)
        view = part(page, use_case, "view")
        expect(view.locator(".lx-mosaic")).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
        expect(badge_of(page, use_case)).to_have_attribute("data-state", "cached")
        first = pixels(page, f"#{use_case}-view")
        assert first
        for name, value in settings.items():
            put(page, use_case, name, value)
        put(page, use_case, "seed", 11)
        run(page, use_case)
        expect(view.locator("canvas")).to_have_count(tiles or len(first), timeout=QUICK)
        live = changed(page, f"#{use_case}-view", first)
        assert len(set(live)) > len(live) / 2, "tiles are pictures of their own"


def test_beside_points_at_the_mistake(visit):
    use_case = "diffusion_beside"
    page = visit()
    open_tab(page, use_case)
    expect(part(page, use_case, "view", ".lx-mosaic")).to_have_attribute("data-ready", "3", timeout=QUICK)
    layers = part(page, use_case, "layers")
    assert layers.locator("tbody tr").count() > 10
    expect(layers.locator(".lx-mark")).to_have_count(0)
    put(page, use_case, "steps", 3)
    run(page, use_case)
    verdict = part(page, use_case, "verdict", ".lx-verdict")
    expect(verdict).to_contain_text("Both agree", timeout=QUICK)
    expect(layers.locator(".lx-mark")).to_have_count(0)
    part(page, use_case, "mistake", "input").click()
    page.get_by_role("option", name="time embedding forgotten").click()
    run(page, use_case)
    expect(verdict).to_contain_text("The first layer over", timeout=QUICK)
    expect(layers.locator(".lx-mark")).to_have_count(1)


def test_the_hub_is_missed_in_one_sentence(visit):
    use_case = "diffusion_hub"
    page = visit()
    open_tab(page, use_case)
    name = part(page, use_case, "name", "input, #diffusion_hub-name textarea")
    name.fill("https://outside.test/model")
    part(page, use_case, "look").click()
    expect(toast(page)).to_contain_text("A hub id looks like owner/name", timeout=QUICK)


@pytest.mark.skipif(not TRAINING.exists(), reason="the snapshots of the training do not ship yet")
def test_the_time_machine_goes_on_and_a_moment_is_pinned(visit):
    use_case = "diffusion_training"
    page = visit()
    open_tab(page, use_case)
    machine = part(page, use_case, "view", ".lx-machine")
    expect(machine).to_have_attribute("data-ready", "1", timeout=QUICK)
    count = len(json.loads(TRAINING.read_text())["snapshots"])
    assert count >= 8
    expect(machine).to_have_attribute("data-frame", "0")
    first, asked = pixels(page, f"#{use_case}-view"), len(page.notes.requests)
    slider, buttons = machine.locator("input[type=range]"), page.locator(f".lx-share[data-form={use_case}]")
    buttons.locator("[data-do=pin]").click()
    slider.press("End")
    expect(machine).to_have_attribute("data-frame", str(count - 1))
    last = changed(page, f"#{use_case}-view", first)
    expect(machine.locator("output")).to_contain_text(f"{count} / {count}")
    slider.press("ArrowLeft")
    expect(machine).to_have_attribute("data-frame", str(count - 2))
    changed(page, f"#{use_case}-view", last)
    assert machine.locator("path").get_attribute("d").startswith("M")
    pinned = page.locator(f"#tab-{use_case} .lx-pinned")
    expect(pinned.locator("figcaption").first).to_contain_text(f"1 / {count}")
    assert pixels(page, f"#tab-{use_case} .lx-pinned") == first
    buttons.locator("[data-do=board]").click()
    expect(page.locator("body")).to_have_class(re.compile("lx-board"))
    page.keyboard.press("Escape")
    assert not [one for one in page.notes.requests[asked:] if "gradio_api" in one]


def test_a_digit_is_chosen_with_the_keyboard(visit):
    page = visit()
    open_tab(page, WALK)
    pick(page, WALK, "digit", "3")
    radio = part(page, WALK, "digit").get_by_label("3", exact=True)
    # Gradio names every radio button differently; the page makes them one group a moment after they appear
    for digit in "34":
        named = part(page, WALK, "digit").get_by_label(digit, exact=True)
        expect(named).to_have_attribute("name", f"{WALK}-digit", timeout=QUICK)
    radio.focus()
    radio.press("ArrowRight")
    expect(part(page, WALK, "digit").get_by_label("4", exact=True)).to_be_checked()
    expect(number(page, WALK, "seed_from")).to_have_value("1")
