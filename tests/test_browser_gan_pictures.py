"""The GAN tabs with pictures in a real browser: a grid to pick from, ways, sums, classes."""

import re

from browser import QUICK, badge_of, changed, live, number, open_tab, part, pick, pixels, put, settled, toast, unfold
from playwright.sync_api import expect

PAGE = "gan"
DRAW, WALK, MIX, CLASSES, MORPH = "gan_draw", "gan_walk", "gan_mix", "gan_classes", "gan_morph"
VIEWS = {DRAW: ".lx-gallery", WALK: ".lx-ways", MIX: ".lx-sum", CLASSES: ".lx-mosaic", MORPH: ".lx-ways"}


def first_look(page, use_case):
    """Open a tab: a result that ships is there before any click. Its view."""
    open_tab(page, use_case)
    view = part(page, use_case, "view", VIEWS[use_case])
    expect(view).to_have_attribute("data-ready", re.compile(r"\d+"), timeout=QUICK)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "cached")
    return view


def seen(page, use_case):
    """The pictures of a view, as text to compare."""
    return pixels(page, f"#{use_case}-view")


def choose(page, use_case, words):
    """Another model, by its name."""
    part(page, use_case, "model", "input").click()
    page.get_by_role("option", name=words).click()


def cells(page, use_case=DRAW):
    """The buttons of a grid of pictures."""
    return part(page, use_case, "pool" if use_case == MIX else "view", ".lx-cells button")


def test_two_picked_pictures_begin_a_walk_and_three_a_sum(visit):
    page = visit()
    view = first_look(page, DRAW)
    expect(cells(page)).to_have_count(64)
    walk, mix = (view.locator(f"[data-go={name}]") for name in (WALK, MIX))
    expect(walk).to_be_disabled()
    cells(page).nth(2).click()
    cells(page).nth(11).click()
    expect(view).to_have_attribute("data-picks", "9,18")
    expect(cells(page).nth(2)).to_have_attribute("aria-pressed", "true")
    expect(view.locator(".lx-slot output").first).to_have_text("seed 9")
    expect(mix).to_be_disabled()
    walk.click()
    expect(number(page, WALK, "seed_from")).to_have_value("9", timeout=QUICK)
    expect(number(page, WALK, "seed_to")).to_have_value("18")
    expect(badge_of(page, WALK)).to_contain_text("seed 9", timeout=QUICK)
    open_tab(page, DRAW)
    cells(page).nth(5).click()
    mix.click()
    for name, seed in (("seed_a", "9"), ("seed_b", "18"), ("seed_c", "12")):
        expect(number(page, MIX, name)).to_have_value(seed, timeout=QUICK)
    for place, seed in enumerate((9, 18, 12)):
        expect(part(page, MIX, "view", f"[data-place='{place}'] small")).to_contain_text(f"seed {seed}", timeout=QUICK)


def test_what_was_picked_takes_its_model_and_truncation_along(visit):
    page = visit()
    view = first_look(page, DRAW)
    before = seen(page, DRAW)
    choose(page, DRAW, "Conditional, projection")
    before = live(page, DRAW, before)
    put(page, DRAW, "limit", 0.5)
    live(page, DRAW, before)
    expect(cells(page).first).to_have_attribute("aria-label", "seed 7 · class 7")
    cells(page).nth(0).click()
    cells(page).nth(1).click()
    view.locator(f"[data-go={WALK}]").click()
    expect(part(page, WALK, "model", "input")).to_have_value(re.compile("Conditional"), timeout=QUICK)
    unfold(page, WALK, ".lx-drawer")
    expect(number(page, WALK, "limit")).to_have_value("0.5")
    low = part(page, WALK, "view", ".lx-verdict")
    expect(low).to_contain_text(re.compile(r"along the sphere [1-4]\.\d"), timeout=QUICK)  # short noise throughout


def test_pictures_follow_the_slider_and_the_seed(visit):
    page = visit()
    first_look(page, DRAW)
    now = seen(page, DRAW)
    assert len(set(now[:64])) > 60
    put(page, DRAW, "limit", 0.05)
    live(page, DRAW, now)
    settled(page)
    now = seen(page, DRAW)
    put(page, DRAW, "seed", 8)
    expect(cells(page).first).to_have_attribute("aria-label", "seed 8", timeout=QUICK)
    settled(page)
    shifted = seen(page, DRAW)
    assert shifted[:63] == now[1:64], "picture i is that of seed + i"
    unfold(page, DRAW, ".lx-drawer")
    put(page, DRAW, "count", 3)
    expect(cells(page)).to_have_count(3, timeout=QUICK)
    put(page, DRAW, "seed", -1)
    expect(toast(page)).to_contain_text("Seed must be between 0 and", timeout=QUICK)


def test_only_the_conditional_model_is_asked_for_a_class(visit):
    page = visit()
    first_look(page, DRAW)
    answer = part(page, DRAW, "digit", "label").first
    expect(answer).to_be_hidden()
    now = seen(page, DRAW)
    page.get_by_role("button", name="sevens only").click()
    live(page, DRAW, now)
    expect(cells(page).nth(20)).to_have_attribute("aria-label", "seed 27 · class 7", timeout=QUICK)
    expect(answer).to_be_visible()


def test_both_ways_share_their_ends_and_part_between(visit):
    page = visit()
    view = first_look(page, WALK)
    scrubber = view.locator("input[type=range]")
    panes = f"#{WALK}-view .lx-panes"
    for key in ("Home", "End"):
        scrubber.press(key)
        straight, arc = pixels(page, panes)
        assert straight == arc
    view.locator(".lx-strips canvas").nth(6).click()
    expect(view).to_have_attribute("data-frame", "12")
    straight, arc = pixels(page, panes)
    assert straight != arc
    assert view.locator(".lx-band").count() == 1
    low, high = (float(length) for length in re.findall(r"\d+\.\d", view.locator(".lx-verdict").inner_text())[:2])
    assert low < 0.9 * high, "the straight way is not the shorter one"


def test_equal_seeds_are_said_and_a_circle_has_one_row(visit):
    page = visit()
    view = first_look(page, WALK)
    page.get_by_role("button", name="equal seeds").click()
    expect(view.locator(".lx-verdict")).to_contain_text("are the same seed", timeout=QUICK)
    assert len(set(pixels(page, f"#{WALK}-view .lx-strips"))) == 1
    page.get_by_role("button", name="once around").click()
    expect(view.locator(".lx-panes canvas")).to_have_count(1, timeout=QUICK)
    put(page, WALK, "seed_to", 30)
    expect(view.locator(".lx-verdict")).to_contain_text("Once around", timeout=QUICK)
    strip = pixels(page, f"#{WALK}-view .lx-strips")
    assert len(strip) == 13 and strip[0] == strip[-1] != strip[6]


def test_a_sum_is_made_of_pictures_from_the_small_grid(visit):
    page = visit()
    view = first_look(page, MIX)
    expect(cells(page, MIX)).to_have_count(32)
    now = seen(page, MIX)
    for place in (4, 4, 10):  # a, b and c in turn
        cells(page, MIX).nth(place).click()
    for name, seed in (("seed_a", "4"), ("seed_b", "4"), ("seed_c", "10")):
        expect(number(page, MIX, name)).to_have_value(seed, timeout=QUICK)
    for place, seed in enumerate((4, 4, 10)):
        expect(view.locator(f"[data-place='{place}'] small")).to_contain_text(f"seed {seed} ", timeout=QUICK)
    live(page, MIX, now)
    settled(page)
    now = seen(page, MIX)
    _, _, c, mended, raw, *_ = now
    assert c == mended == raw, "a - a + c is c"
    expect(cells(page, MIX).nth(4)).to_have_attribute("data-mark", "a b")
    pool = pixels(page, f"#{MIX}-pool")
    choose(page, MIX, "Emoji in colour")
    live(page, MIX, now)
    changed(page, f"#{MIX}-pool", pool)


def test_classes_share_their_noise_down_a_column(visit):
    page = visit()
    view = first_look(page, CLASSES)
    expect(view.locator(".lx-row")).to_have_text([str(digit) for digit in range(10)], timeout=QUICK)
    expect(view.locator("canvas")).to_have_count(80)
    put(page, CLASSES, "columns", 3)
    expect(view.locator("canvas")).to_have_count(30, timeout=QUICK)
    assert view.locator(".lx-column").all_inner_texts() == ["7", "8", "9"]


def test_one_class_becomes_another(visit):
    page = visit(calm=False)
    view = first_look(page, MORPH)
    frame = view.get_attribute("data-frame")
    expect(view).not_to_have_attribute("data-frame", frame, timeout=QUICK)  # it plays
    view.locator(".lx-play").click()
    strip = pixels(page, f"#{MORPH}-view .lx-strips")
    assert len(strip) == 13 and strip[0] != strip[-1]
    pick(page, MORPH, "digit_to", "4")
    expect(view.locator(".lx-verdict")).to_contain_text("are the same class", timeout=QUICK)


def test_every_tab_is_whole_in_chinese_on_a_phone(visit):
    page = visit("?lang=zh", locale="zh-CN", size=(390, 844))
    for use_case in VIEWS:
        first_look(page, use_case)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shown = part(page, use_case, "view")
        expect(shown).to_contain_text(re.compile(r"[一-鿿]"), use_inner_text=True, timeout=QUICK)
        words = shown.inner_text()
        assert "{" not in words and "⟦" not in words and "undefined" not in words
