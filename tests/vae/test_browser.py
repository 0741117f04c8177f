"""Six inner tabs of the autoencoders in a real browser: first results without a click, live ones after it."""

import json
import re

from browser import (
    QUICK,
    badge_of,
    begin,
    changed,
    ended,
    live,
    number,
    open_tab,
    part,
    pick,
    pixels,
    put,
    run,
    settled,
    toast,
    unfold,
)
from playwright.sync_api import expect
from test_browser_tabs import png, strokes, upload

from aigc_demo.services.first_results import EXAMPLES
from aigc_demo.services.vae.requests import BETAS

PAGE = "vae"
WALK, DRAW, BETA, SHAPES = "vae_walk", "vae_draw", "vae_beta", "vae_shapes"
ANOMALY, BESIDE = "vae_anomaly", "vae_beside"


def first_look(page, use_case, kind=".lx-view"):
    """Open a tab: a result that ships is there before any click. Its view."""
    open_tab(page, use_case)
    view = part(page, use_case, "view", kind)
    expect(view).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "cached")
    return view


def sentence(page, use_case):
    """What the line under a result says."""
    return part(page, use_case, "view", ".lx-verdict")


def shown(page, use_case):
    """The large pictures of a view, as text to compare."""
    return pixels(page, f"#{use_case}-view .lx-panes")


def measured(name):
    """A file of figures that ships."""
    return json.loads((EXAMPLES / f"vae-{name}.json").read_text())


def test_three_ways_share_their_ends_and_part_between(visit):
    page = visit()
    view = first_look(page, WALK)
    scrubber = view.locator("input[type=range]")
    settled(page)
    scrubber.press("Home")
    expect(view).to_have_attribute("data-frame", "0", timeout=QUICK)
    straight, arc, fade = shown(page, WALK)
    assert straight == arc == fade
    for _ in range(5):
        scrubber.press("ArrowRight")
    expect(view).to_have_attribute("data-frame", "5")
    straight, arc, fade = shown(page, WALK)
    assert straight != arc and straight != fade and arc != fade
    asked = re.findall(r"\d+\.\d+", sentence(page, WALK).inner_text())
    assert len(asked) == 3 and float(asked[0]) < float(asked[1]), "the straight way is not the shorter code"
    view.locator(".lx-strips canvas").nth(10).click()
    expect(view).to_have_attribute("data-frame", "10")


def test_a_walk_follows_its_controls(visit):
    page = visit()
    first_look(page, WALK)
    now = pixels(page, f"#{WALK}-view")
    part(page, WALK, "sample_to").get_by_role("button", name="4", exact=True).click()
    now = live(page, WALK, now)
    part(page, WALK, "random", "input").check()
    now = live(page, WALK, now)
    put(page, WALK, "frames", 5)
    expect(part(page, WALK, "view", ".lx-strips canvas")).to_have_count(15, timeout=QUICK)
    put(page, WALK, "seed", -3)
    expect(toast(page)).to_contain_text("Seed must be between 0 and", timeout=QUICK)


def test_a_walk_plays_to_and_fro_and_stops(visit):
    page = visit(calm=False)
    view = first_look(page, WALK)
    play = view.locator(".lx-play")
    expect(play).to_contain_class("lx-playing")
    frame = view.get_attribute("data-frame")
    expect(view).not_to_have_attribute("data-frame", frame, timeout=QUICK)
    play.click()
    expect(play).not_to_contain_class("lx-playing")
    frame = view.get_attribute("data-frame")
    page.wait_for_timeout(600)
    assert view.get_attribute("data-frame") == frame


def test_digits_are_imagined_at_any_temperature(visit):
    page = visit()
    first_look(page, DRAW, ".lx-mosaic")
    now = pixels(page, f"#{DRAW}-view")
    assert len(now) == 64 and len(set(now)) > 60
    put(page, DRAW, "temperature", 0)
    now = live(page, DRAW, now)
    assert len(set(now)) == 1, "without any spread all codes are the same"
    page.get_by_role("button", name="ten digits, one hand").click()
    expect(part(page, DRAW, "view", "canvas")).to_have_count(80, timeout=QUICK)
    assert part(page, DRAW, "view", ".lx-row").all_inner_texts() == [str(digit) for digit in range(10)]
    pick(page, DRAW, "digit", "7")
    expect(part(page, DRAW, "view", "canvas")).to_have_count(64, timeout=QUICK)
    put(page, DRAW, "seed", 5_000_000_000)
    expect(toast(page)).to_contain_text("Seed must be between 0 and", timeout=QUICK)


def test_a_heavier_beta_leaves_fewer_numbers_in_use(visit):
    page = visit()
    view = first_look(page, BETA)
    now, used = shown(page, BETA), {}
    for beta in (0.25, 16):
        put(page, BETA, "beta", beta)
        expect(view).to_have_attribute("data-beta", str(beta), timeout=QUICK)
        now = live(page, BETA, now)
        columns = view.locator(".lx-cost:not(.lx-scale)")
        expect(columns).to_have_count(16)
        used[beta] = 16 - view.locator(".lx-cost.lx-dead").count()
        run_of = next(run for run in measured("betas")["runs"] if run["beta"] == beta)
        assert used[beta] == 16 - run_of["dead_dimensions"]
        expect(sentence(page, BETA)).to_contain_text(f"β = {beta:g}")
    assert used[16] < used[0.25]
    assert view.locator(".lx-tile").count() == 16 * 9


def test_a_beta_that_was_not_trained_names_the_one_that_answers(visit):
    page = visit()
    view = first_look(page, BETA)
    assert 5.0 not in BETAS
    put(page, BETA, "beta", 5)
    expect(sentence(page, BETA)).to_contain_text("no model with β = 5; the nearest, β = 4, answers", timeout=QUICK)
    expect(view).to_have_attribute("data-beta", "4")
    now = shown(page, BETA)
    page.locator(f"#tab-{BETA} .lx-drawer > button").click()
    strokes(page, BETA)
    drawn = live(page, BETA, pixels(page, f"#{BETA}-view")) and shown(page, BETA)
    assert drawn != now
    part(page, BETA, "sample").get_by_role("button", name="8", exact=True).click()  # the digit used last wins
    expect(part(page, BETA, "drawing", ".lx-sketch")).to_contain_class("lx-empty", timeout=QUICK)
    changed(page, f"#{BETA}-view .lx-panes", drawn)
    upload(page, BETA, b"\x89PNG\r\n\x1a\nbroken")
    expect(toast(page)).to_contain_text("not a picture that can be read", timeout=QUICK)


def test_a_number_of_the_code_tells_its_factor(visit):
    page = visit()
    view = first_look(page, SHAPES)
    run_of = next(run for run in measured("shapes")["runs"] if (run["beta"], run["seed"]) == (4, 0))
    names = ("shape", "scale", "rotation", "left-right", "up-down")
    for dimension in (2, 6):
        put(page, SHAPES, "dimension", dimension)
        expect(view).to_have_attribute("data-dimension", str(dimension), timeout=QUICK)
        shares = run_of["information"][dimension - 1]
        words = names[shares.index(max(shares))] if max(shares) >= 0.05 else "a dead dimension"
        expect(sentence(page, SHAPES)).to_contain_text(words)
    view.locator(".lx-tile[data-column='8'][data-row='0']").click()  # a tile chooses its column and its value
    expect(view).to_have_attribute("data-dimension", "9", timeout=QUICK)
    expect(number(page, SHAPES, "dimension")).to_have_value("9")
    expect(view).to_have_attribute("data-frame", "0")
    assert view.locator(".lx-heat:not(.lx-side)").count() == 10 * 5
    unfold(page, SHAPES)
    expect(part(page, SHAPES, "scores", "tbody tr")).to_have_count(3, timeout=QUICK)


def test_a_shape_moves_and_its_code_is_moved(visit):
    page = visit()
    view = first_look(page, SHAPES)
    now = pixels(page, f"#{SHAPES}-view")
    before = shown(page, SHAPES)
    put(page, SHAPES, "x", 2)
    now = live(page, SHAPES, now)
    assert shown(page, SHAPES)[0] != before[0], "the shape stayed where it was"
    pick(page, SHAPES, "shape", "square")
    live(page, SHAPES, now)
    view.locator("input[type=range]").press("Home")
    expect(view).to_have_attribute("data-frame", "0")
    expect(view.locator(".lx-scrub output")).to_have_text(f"number {view.get_attribute('data-dimension')} = −3")
    number(page, SHAPES, "scale").fill("77")
    expect(toast(page)).to_contain_text("Scale must be between 0 and 5, got 77", timeout=QUICK)


def test_a_shoe_is_no_digit(visit):
    page = visit()
    view = first_look(page, ANOMALY)
    digit, now = float(view.get_attribute("data-rank")), pixels(page, f"#{ANOMALY}-view")
    pick(page, ANOMALY, "odd", "a shoe")
    now = live(page, ANOMALY, now)
    assert float(view.get_attribute("data-rank")) < 0.01 < digit
    expect(sentence(page, ANOMALY)).to_contain_text("Less likely than")
    assert view.locator("rect").count() == 32 and view.locator(".lx-off-axis").count() == 1
    part(page, ANOMALY, "sample").get_by_role("button", name="1", exact=True).click()
    live(page, ANOMALY, now)
    expect(part(page, ANOMALY, "odd").get_by_label("the digit below")).to_be_checked(timeout=QUICK)
    expect(sentence(page, ANOMALY)).to_contain_text("test digits")
    upload(page, ANOMALY, png(lambda x, y: False))
    expect(toast(page)).to_contain_text("This drawing is empty", timeout=QUICK)


def test_both_implementations_agree_on_every_layer(visit):
    page = visit()
    first_look(page, BESIDE)
    now = pixels(page, f"#{BESIDE}-view")
    part(page, BESIDE, "sample").get_by_role("button", name="6", exact=True).click()
    run(page, BESIDE)
    now = changed(page, f"#{BESIDE}-view", now)
    expect(sentence(page, BESIDE)).to_contain_text("Both agree")
    assert part(page, BESIDE, "layers", "tbody tr").count() > 10
    file = part(page, BESIDE, "picture", "input[type=file]")
    file.set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": png()})
    run(page, BESIDE)
    changed(page, f"#{BESIDE}-view", now)
    file.set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": b"<svg/>"})
    begin(page, BESIDE)
    ended(page, BESIDE, QUICK)
    expect(toast(page)).to_contain_text("not a picture that can be read", timeout=QUICK)


def test_every_tab_is_whole_in_chinese_on_a_phone(visit):
    page = visit("?lang=zh", locale="zh-CN", size=(390, 844))
    for use_case in (WALK, DRAW, BETA, SHAPES, ANOMALY, BESIDE):
        first_look(page, use_case, ".lx-mosaic" if use_case == DRAW else ".lx-view")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shown = part(page, use_case, "view")
        expect(shown, f"{use_case} says nothing").to_have_text(
            re.compile(r"[一-鿿]"), use_inner_text=True, timeout=QUICK
        )
        words = shown.inner_text()
        assert "{" not in words and "⟦" not in words and "undefined" not in words, use_case
