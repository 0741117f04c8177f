"""How the page lies on screens of every width, and whether people without a mouse or without sight can use it."""

import pytest
from browser import QUICK, begin, ended, open_tab, put, run, toast, unfold
from playwright.sync_api import expect
from test_browser_all_tabs import violations

PAGE = "diffusion"
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])"
TAB_STOPS = 150  # more would mean that the keyboard is caught


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_what_opens(visit, dark):
    page = visit(dark=dark)
    page.locator(".lx-help").click()
    found = violations(page, "help")
    page.keyboard.press("Escape")
    open_tab(page, "diffusion_draw")
    page.get_by_role("button", name="Lesson link").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += violations(page, "lesson")
    page.keyboard.press("Escape")
    put(page, "diffusion_draw", "seed", "1.5")
    begin(page, "diffusion_draw")
    expect(toast(page)).to_be_visible(timeout=QUICK)
    ended(page, "diffusion_draw")
    found += violations(page, "toast", ".toast-wrap")
    put(page, "diffusion_draw", "seed", "7")
    put(page, "diffusion_draw", "steps", "2")
    run(page, "diffusion_draw")
    page.get_by_role("button", name="Copy as Python").click()
    expect(page.locator("#tab-diffusion_draw .lx-scripts")).to_be_visible(timeout=QUICK)
    page.locator("#diffusion_draw-link").click()
    found += violations(page, "after a run")
    assert not found, "\n".join(found)


def test_the_keyboard_reaches_every_control(visit):
    page = visit()
    open_tab(page, "diffusion_draw")
    unfold(page, "diffusion_draw")
    wanted = page.evaluate(
        """(focusable) => {
          const key = (one) => (one.type === 'radio' ? one.name : one); // the arrows move inside a group
          const shown = (one) => one.offsetParent && !one.disabled && one.tabIndex >= 0;
          window.wanted = new Map();
          for (const one of document.querySelectorAll(focusable)) if (shown(one)) wanted.set(key(one), one.outerHTML);
          document.addEventListener('focusin', (event) => wanted.delete(key(event.target)));
          document.activeElement.blur();
          return wanted.size;
        }""",
        FOCUSABLE,
    )
    assert wanted > 20
    for _ in range(min(TAB_STOPS, wanted + 15)):
        page.keyboard.press("Tab")
    missed = page.evaluate("[...wanted.values()].map((markup) => markup.slice(0, 160))")
    assert not missed, "\n".join(missed)


def test_skip_link_and_help(visit):
    page = visit()
    address = page.url
    page.keyboard.press("Tab")
    expect(page.locator(".lx-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".lx-page")).to_be_focused()
    assert page.url == address


SMALLEST = """() => Math.min(...[...document.querySelectorAll('.lx-chart text')].filter((one) => one.checkVisibility())
    .map((one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().d))"""


@pytest.mark.parametrize(("at", "use_case"), [("clip", "clip_beside"), ("textvae", "textvae_morph")])
@pytest.mark.parametrize("width", [1440, 390, 360])
def test_the_words_of_a_chart_can_be_read_on_a_phone(visit, at, use_case, width):
    page = visit(f"?tab={use_case}&lang=zh", at=at, locale="zh-CN", size=(width, 844))
    uncover = page.locator(".lx-uncover:visible")
    if uncover.count():
        uncover.first.click()
    expect(page.locator(f"#tab-{use_case} .lx-chart text:visible").first).to_be_visible(timeout=QUICK)
    assert page.evaluate(SMALLEST) >= 11.9


def test_a_table_that_goes_on_sideways_fades_and_keeps_its_first_column(visit):
    page = visit("?tab=cyclegan_compare", at="cyclegan", size=(390, 844))
    table = page.locator("#tab-cyclegan_compare .lx-table").first
    expect(table).to_contain_class("lx-goes-after", timeout=QUICK)
    name = table.locator("td").first
    before = name.bounding_box()["x"]
    table.evaluate("table => { table.scrollLeft = table.scrollWidth; }")
    expect(table).not_to_contain_class("lx-goes-after")
    assert abs(name.bounding_box()["x"] - before) <= 1
