"""Every page and tab in a real browser, in both languages and themes, on a desk and on a phone.

One visit per language: nothing goes
outside or wrong, every word is translated, axe-core objects to nothing, every control has a name, nothing scrolls
sideways on any width, and Run is on the first screen of a phone.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import QUICK, USE_CASES, open_tab, part, settled, unfold, untranslated
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

LEAD = {"en": "Turning a picture into noise is easy.", "zh": "把一张图慢慢变成噪声很容易"}
HEIGHT = 844
PHONE = 390
SIDEWAYS = "document.scrollingElement.scrollWidth - innerWidth"
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`)"""
NAMED = {"button", "textbox", "spinbutton", "slider", "combobox", "checkbox", "radio", "tab", "link", "listbox"}


def violations(page, place, within=None, rules=None):
    """What axe objects to, a line each; by some rules, or by all of them. Nothing on the page is excluded."""
    told = {"resultTypes": ["violations"], "selectors": False}  # where each element stands is most of axe's work
    if not page.evaluate("'axe' in window"):  # its half a megabyte is read once a document
        page.evaluate(Axe().axe_script)
    options = {**told, "runOnly": rules} if rules else told
    answer = page.evaluate("([within, options]) => axe.run(within || document, options)", [within, options])
    assert len(answer["passes"]) >= (len(rules) if rules else 4), f"{place} was not looked at"
    return [f"{place}: {one['id']} {node['html'][:160]}" for one in answer["violations"] for node in one["nodes"]]


def nameless(session):
    """Roles of the controls that a screen reader has no name for."""
    nodes = [node for node in session.send("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
    bare = (node for node in nodes if not node.get("name", {}).get("value", "").strip())
    return [node["role"]["value"] for node in bare if node["role"]["value"] in NAMED]


def lies_well(page, use_case, width):
    """Controls left and result right on a desk; result first, and Run on the first screen, on a phone."""
    controls, result = (page.locator(f"#tab-{use_case} .lx-{name}").first for name in ("controls", "result"))
    if width >= 1440:
        left, right = controls.bounding_box(), result.bounding_box()
        assert left["x"] + left["width"] <= right["x"], f"{use_case} at {width}"
    elif width == PHONE:
        box = part(page, use_case, "run").bounding_box()
        assert box["y"] + box["height"] <= HEIGHT, f"{use_case}: Run is below the first screen"
        shown = result.locator("canvas, .lx-empty-result, .lx-view").first
        if shown.count():
            assert shown.bounding_box()["y"] < box["y"], f"{use_case}: the result comes first"


def fits(page, use_case, widths):
    """Nothing has to be scrolled sideways."""
    size = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate("scrollTo(0, 0)")
        try:
            page.wait_for_function(f"{SIDEWAYS} <= 0", timeout=QUICK)  # a busy machine lays a page out late
        except Late:
            wide = page.evaluate(TOO_WIDE)
            raise AssertionError(f"{use_case} at {width}: {wide}") from None
        if page.locator(f"#{use_case}-run").count():
            lies_well(page, use_case, width)
    page.set_viewport_size(size)


@pytest.mark.parametrize(
    ("locale", "lang", "dark", "widths"),
    [  # each as long as ten other files
        pytest.param(
            "en-GB", "en", False, (1440, 1920, 768, PHONE, 360), marks=pytest.mark.xdist_group("all tabs, en")
        ),
        pytest.param("zh-CN", "zh", True, (PHONE, 1440), marks=pytest.mark.xdist_group("all tabs, zh")),
    ],
)
def test_every_tab(visit, locale, lang, dark, widths):
    page = visit(locale=locale, dark=dark, size=(widths[0], HEIGHT))
    session = page.context.new_cdp_session(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    assert page.locator("body").evaluate("body => body.classList.contains('dark')") is dark
    expect(page.locator(".lx-strip")).to_have_attribute("data-ready", "1", timeout=QUICK)
    fits(page, "home", widths)
    rules = ["color-contrast"] if dark else None  # the other rules do not depend on colours
    found = violations(page, "home", rules=rules)
    for use_case in USE_CASES:
        open_tab(page, use_case)
        fits(page, use_case, widths)
        if use_case == USE_CASES[0]:
            unfold(page, use_case)
            settled(page)
            found += violations(page, use_case, rules=rules)
        else:  # what is around the tab, and kinds of folds, have been seen
            unfold(page, use_case, ".lx-drawer")
            found += violations(page, use_case, f"#tab-{use_case}", rules)
        assert not nameless(session), use_case
        if use_case.endswith("_draw"):
            assert not untranslated(page), use_case
        if use_case == "diffusion_draw":
            expect(page.locator(".lx-lead").first).to_contain_text(LEAD[lang])
    assert not found, "\n".join(found)
    fonts = page.evaluate("document.fonts.ready.then(() => [...document.fonts].map((font) => font.status))")
    assert "error" not in fonts
    page.notes.clean()
