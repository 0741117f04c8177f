"""How the page lies on screens of every width, and whether people without a mouse or without sight can use it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import DEVICE_FORMS, QUICK, USE_CASES, begin, ended, open_tab, part, put, ready, run, toast, unfold
from playwright.sync_api import expect

PHONE = (390, 844)
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])"
SIDEWAYS = "document.scrollingElement.scrollWidth - innerWidth"
TAB_STOPS = 150  # more would mean that the keyboard is caught


@pytest.mark.parametrize("width", [360, 390, 768, 1440, 1920])
def test_nothing_scrolls_sideways(visit, width):
    page = visit(size=(width, 844))
    assert page.evaluate(SIDEWAYS) <= 0, "home"
    for use_case in USE_CASES:
        open_tab(page, use_case)
        assert page.evaluate(SIDEWAYS) <= 0, use_case
        if use_case in DEVICE_FORMS:
            controls, result = (page.locator(f"#tab-{use_case} .lx-{name}").first for name in ("controls", "result"))
            button = part(page, use_case, "run")
            if width >= 1440:
                left, right = controls.bounding_box(), result.bounding_box()
                assert left["x"] + left["width"] <= right["x"], use_case
            elif width == PHONE[0]:
                box = button.bounding_box()
                assert box["y"] + box["height"] <= 844, f"{use_case}: Run is below the first screen"
                shown = result.locator("canvas, .lx-empty-result, .lx-view").first
                if shown.count():
                    assert shown.bounding_box()["y"] < box["y"], f"{use_case}: the result comes first"


def violations(page, place, within=None):
    """What axe objects to, a line each. Nothing is excluded."""
    answer = Axe().run(page, within).response
    assert len(answer["passes"]) > 3, f"{place} was not looked at"
    return [f"{place}: {one['id']} {node['html'][:160]}" for one in answer["violations"] for node in one["nodes"]]


@pytest.mark.parametrize(("lang", "dark"), [("en", False), ("zh", True)])
def test_axe_finds_nothing(visit, lang, dark):
    page = visit(f"?lang={lang}", dark=dark)
    expect(page.locator(".lx-strip")).to_have_attribute("data-ready", "1", timeout=QUICK)
    found = violations(page, "home")
    for use_case in USE_CASES:
        open_tab(page, use_case)
        if use_case == USE_CASES[0]:
            unfold(page, use_case)
            found += violations(page, use_case)
        else:  # what is around the tab, and kinds of folds, have been seen
            unfold(page, use_case, ".lx-drawer")
            found += violations(page, use_case, f"#tab-{use_case}")
    assert not found, "\n".join(found)


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


def test_every_control_has_a_name(visit):
    page = visit()
    session = page.context.new_cdp_session(page)
    roles = {"button", "textbox", "spinbutton", "slider", "combobox", "checkbox", "radio", "tab", "link", "listbox"}
    for use_case in USE_CASES:
        open_tab(page, use_case)
        unfold(page, use_case)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        nameless = [
            node["role"]["value"]
            for node in nodes
            if not node.get("ignored")
            and node["role"]["value"] in roles
            and not node.get("name", {}).get("value", "").strip()
        ]
        assert not nameless, f"{use_case}: {nameless}"


def test_skip_link_and_help(visit):
    page = visit()
    page.keyboard.press("Tab")
    expect(page.locator(".lx-skip")).to_be_focused()
    page.keyboard.press("Enter")
    ready(page)
    assert page.url.endswith("#families")
