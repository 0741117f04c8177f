"""What critics see, seven models side by side and the time machine of the GANs, in a real browser."""

import json
import re

from browser import QUICK, badge_of, changed, open_tab, part, pixels, put
from playwright.sync_api import expect
from test_browser_gan_pictures import choose

from aigc_demo.services.first_results import EXAMPLES

PAGE = "gan"
CRITIC, COMPARE, TRAINING = "gan_critic", "gan_compare", "gan_training"


def first_look(page, use_case, kind, covered=False):
    """Open a tab: a result that ships is there before any click. Its view."""
    open_tab(page, use_case, covered)
    view = part(page, use_case, "view", kind)
    expect(view).to_have_attribute("data-ready", re.compile(r"."), timeout=QUICK)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "cached")
    return view


def scores(view, side):
    """What is written under the pictures of a side, in their order."""
    written = view.locator(f"[data-side={side}] .lx-cells > *").evaluate_all("all => all.map(one => one.dataset.score)")
    return [float(score.replace("−", "-")) for score in written]


def test_pictures_stand_in_the_order_of_their_scores(visit):
    page = visit()
    view = first_look(page, CRITIC, ".lx-trial")
    known = json.loads((EXAMPLES / "gan_critic.json").read_text())["value"]
    for side in ("made", "real"):
        found = scores(view, side)
        assert found == sorted(found, reverse=True)
        assert len(found) == len(known[f"{side}_scores"]) and abs(found[0] - known[f"{side}_scores"][-1]) < 0.051
    expect(view.locator(".lx-verdict")).to_contain_text(f"{round(100 * known['told'])} % of the time")
    expect(view.locator(".lx-unit")).to_contain_text("Scores of other models are on another scale")


def test_a_picked_picture_is_shown_large_with_the_critics_wish(visit):
    page = visit()
    view = first_look(page, CRITIC, ".lx-trial")
    near = f"#{CRITIC}-view .lx-glass"
    before = pixels(page, near)
    assert before[0] != before[1], "the map lies over the second one"
    cell = view.locator("[data-side=made] button").nth(40)
    cell.click()
    after = changed(page, near, before)
    assert after[0] != before[0] and after[1] != before[1]
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(view.locator(".lx-dock output")).to_contain_text("number 41 of 100 made ones")


def test_another_model_is_judged_at_once_and_in_colour_by_light(visit):
    page = visit()
    view = first_look(page, CRITIC, ".lx-trial")
    expect(view.locator(".lx-key-line")).to_contain_text("more ink")
    before = pixels(page, f"#{CRITIC}-view .lx-glass")
    choose(page, CRITIC, "Emoji in colour, 64 × 64")
    changed(page, f"#{CRITIC}-view .lx-glass", before)
    expect(badge_of(page, CRITIC)).to_have_attribute("data-state", "live", timeout=QUICK)
    expect(view.locator(".lx-key-line")).to_contain_text("lighter")
    expect(view.locator("[data-side=real] .lx-cells > *")).to_have_count(96)
    choose(page, CRITIC, "WGAN, weights clipped · 2017")
    expect(view.locator(".lx-unit")).to_contain_text("no zero and no unit", timeout=QUICK)


def test_counts_and_table_show_after_a_guess(visit):
    page = visit()
    view = first_look(page, COMPARE, ".lx-lineup", covered=True)
    bars = view.locator("figure svg")
    expect(bars).to_have_count(7)
    expect(bars.first).to_be_hidden()
    expect(page.locator(f"#{COMPARE}-measured table")).to_be_hidden()
    page.locator(f"#tab-{COMPARE} .lx-answer").first.click()  # right or wrong
    expect(bars.first).to_be_hidden()
    page.locator(f"#tab-{COMPARE} .lx-ask .lx-strong").click()
    expect(bars.first).to_be_visible(timeout=QUICK)
    rows = page.locator(f"#{COMPARE}-measured tbody tr")
    expect(rows).to_have_count(8)
    expect(rows.last).to_contain_text("Real training digits")


def test_who_does_not_guess_sees_it_all_the_same_and_missing_classes_are_struck_out(visit):
    page = visit()
    view = first_look(page, COMPARE, ".lx-lineup", covered=True)
    page.locator(f"#tab-{COMPARE} .lx-uncover").click()
    heights = view.locator("svg").first.evaluate(
        "svg => [...svg.querySelectorAll('rect')].map(bar => bar.getBBox()).map(box => [box.y + box.height, box.width])"
    )
    assert heights and all(abs(foot - 58) < 0.1 and width > 14 for foot, width in heights)  # bars stand on their line
    known = json.loads((EXAMPLES / "gan_compare.json").read_text())["value"]
    for player in known["players"]:
        row = view.locator(f"[data-model={player['model']}]")
        missing = [str(digit) for digit, count in enumerate(player["counts"]) if not count]
        assert row.locator(".lx-missing").all_text_contents() == missing
    before = pixels(page, f"#{COMPARE}-view")
    put(page, COMPARE, "seed", 4711)
    changed(page, f"#{COMPARE}-view", before)
    expect(badge_of(page, COMPARE)).to_contain_text("seed 4711", timeout=QUICK)


def test_the_time_machine_goes_through_the_moments_of_each_model(visit):
    page = visit()
    view = first_look(page, TRAINING, ".lx-contest")
    name = view.get_attribute("data-ready")
    moments = json.loads((EXAMPLES / f"gan-digits-{name}-training.json").read_text())["snapshots"]
    assert len(moments) >= 8
    scrubber, sheet = view.locator("input[type=range]"), f"#{TRAINING}-view .lx-sown"
    before = pixels(page, sheet)
    expect(view.locator("output")).to_contain_text(f"1 / {len(moments)}")
    scrubber.press("End")
    changed(page, sheet, before)
    expect(view.locator("output")).to_contain_text(f"{len(moments)} / {len(moments)}")
    scrubber.press("Home")
    scrubber.press("ArrowRight")
    expect(view).to_have_attribute("data-frame", "1")
    expect(view.locator(".lx-facts-line")).to_contain_text(f"Fréchet distance {moments[1]['frechet']:.1f}")
    other = view.locator("[data-model]:not([aria-pressed=true])").first.get_attribute("data-model")
    view.locator(f"[data-model={other}]").click()
    expect(view).to_have_attribute("data-ready", other, timeout=QUICK)
    expect(view).to_have_attribute("data-frame", "1")
