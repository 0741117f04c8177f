"""The page in a real browser: complete without a network, silent on the console, in two languages and two themes."""

import pytest
from browser import FAMILIES, QUICK, open_tab, part, pixels, put, ready, text_of, toast, untranslated
from playwright.sync_api import Error, expect

RUN_WORD = {"en": "Denoise", "zh": "开始去噪"}


def test_no_name_outside_is_known(visit):
    page = visit()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://outside.test/")
    page.notes.outside.clear()
    page.notes.wrong.clear()


def test_the_landing_moves_and_leads_in(visit):
    page = visit(calm=False)
    strip = page.locator(".lx-strip")
    expect(strip).to_have_attribute("data-ready", "1", timeout=QUICK)
    first, frame = pixels(page, "#lx-strip .lx-strip-panes"), strip.get_attribute("data-frame")
    expect(strip).not_to_have_attribute("data-frame", frame, timeout=QUICK)
    assert pixels(page, "#lx-strip .lx-strip-panes") != first
    card = page.locator(".lx-card[data-family=diffusion]")
    card.scroll_into_view_if_needed()
    shown = pixels(page, ".lx-card")
    page.wait_for_function(
        "before => document.querySelector('.lx-card canvas').toDataURL() !== before", arg=shown[0], timeout=QUICK
    )
    card.click()
    expect(page.locator("#diffusion_draw-run")).to_be_visible(timeout=QUICK)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_every_card_shows_something_and_all_are_as_high(visit, size):
    page = visit(size=size)
    boxes = "all => all.map((one) => Math.round(one.getBoundingClientRect().height))"
    cards = page.eval_on_selector_all(".lx-card", boxes)
    pictures = page.eval_on_selector_all(".lx-card > :first-child", boxes)
    assert len(cards) == len(FAMILIES) and len(set(cards)) == 1, cards
    assert len(set(pictures)) == 1 and pictures[0] > 60, pictures


def test_the_first_button_works_and_calm_people_see_no_motion(visit):
    page = visit()
    door = page.get_by_role("link", name="Look inside").first
    strip = page.locator(".lx-strip")
    expect(strip).to_have_attribute("data-ready", "1", timeout=QUICK)
    before, cards = pixels(page, "#lx-strip"), pixels(page, ".lx-card")
    page.wait_for_timeout(700)  # nothing is to be seen, so nothing can be waited for
    assert (pixels(page, "#lx-strip"), pixels(page, ".lx-card")) == (before, cards)
    page.locator("#lx-strip input[type=range]").press("Home")
    expect(strip).to_have_attribute("data-frame", "0")
    assert pixels(page, "#lx-strip .lx-strip-panes") != before[: len(pixels(page, "#lx-strip .lx-strip-panes"))]
    door.click()
    expect(page.locator("#diffusion_draw-run")).to_be_visible(timeout=QUICK)


@pytest.mark.parametrize(
    ("locale", "query", "lang"),
    [
        ("zh-HK", "", "zh"),
        ("zh-CN", "?lang=en", "en"),
        ("fr", "", "en"),
    ],
)
def test_every_locale_gets_its_language(visit, locale, query, lang):
    page = visit(query, locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    expect(page.locator(".lx-families [data-page=diffusion]")).to_have_text("扩散模型" if lang == "zh" else "Diffusion")
    assert not untranslated(page)


def test_the_switch_keeps_tab_and_values(visit):
    page = visit(at="diffusion")
    open_tab(page, "diffusion_draw")
    put(page, "diffusion_draw", "steps", 33)
    put(page, "diffusion_draw", "seed", 4321)
    part(page, "diffusion_draw", "digit").get_by_label("4", exact=True).check(force=True)
    page.locator("button[data-lang=zh]").click()
    page.wait_for_url("**lang=zh**")
    ready(page)
    expect(page.locator("#diffusion_draw-run")).to_have_text(RUN_WORD["zh"], timeout=QUICK)
    expect(part(page, "diffusion_draw", "steps", "input[type=number]")).to_have_value("33", timeout=QUICK)
    expect(part(page, "diffusion_draw", "seed", "input[type=number]")).to_have_value("4321")
    expect(part(page, "diffusion_draw", "digit").get_by_label("4", exact=True)).to_be_checked()
    assert not untranslated(page)
    page.locator("button[data-lang=en]").click()
    page.wait_for_url("**lang=en**")
    expect(page.locator("#diffusion_draw-run")).to_have_text(RUN_WORD["en"], timeout=QUICK)
    expect(part(page, "diffusion_draw", "steps", "input[type=number]")).to_have_value("33", timeout=QUICK)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "A hub id looks like owner/name"), ("zh", "Hub 模型名要写成 作者/模型名")]
)
def test_a_mistake_is_answered_in_the_language_of_the_page(visit, lang, words):
    page = visit(f"?lang={lang}", at="diffusion")
    open_tab(page, "diffusion_hub")
    part(page, "diffusion_hub", "name", "input, #diffusion_hub-name textarea").fill("../../etc/<b>passwd</b>")
    part(page, "diffusion_hub", "look").click()
    expect(toast(page)).to_contain_text(words, timeout=QUICK)
    assert "Traceback" not in text_of(page)
    open_tab(page, "diffusion_draw")
    put(page, "diffusion_draw", "steps", 10**9)  # the slider itself keeps it within its bounds
    expect(part(page, "diffusion_draw", "steps", "input[type=number]")).to_have_value("1000")


@pytest.mark.parametrize("query", ["", "?lang=zh"])
def test_the_row_of_families_leads_from_page_to_page(visit, app_url, query):
    page = visit(query)
    row = page.get_by_role("navigation")
    expect(row.get_by_role("link")).to_have_count(len(FAMILIES) + 1)
    expect(row).to_have_count(1)  # Gradio's own bar is not shown
    for family in ("gan", "textvae", ""):
        row.locator(f"[data-page='{family}']").click()
        page.wait_for_url(f"{app_url}/{family}{query}")
        ready(page)
        expect(row.locator("[aria-current=page]")).to_have_count(1)
        expect(row.locator("[aria-current=page]")).to_have_attribute("data-page", family)
        expect(page.locator(f"#page-{family or 'home'}")).to_be_visible(timeout=QUICK)


def test_the_top_of_a_page_works_before_gradio_has_begun(visit):
    page = visit()
    held, begins = [], []
    page.route("**/assets/index-*.js", lambda route: route.continue_() if begins else held.append(route))
    page.goto(f"{page.url}gan?lang=en", wait_until="commit")
    page.locator(".lx-theme").click(timeout=QUICK)
    expect(page.locator("body")).to_contain_class("dark")
    page.locator(".lx-help").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.locator(".lx-close").click()
    expect(page.locator(".lx-page")).to_have_count(0)
    begins.append(True)
    for route in held:
        route.continue_()
    ready(page)
    expect(page.locator("body")).to_contain_class("dark")
    expect(page.locator("body > .lx-top ~ gradio-app .gradio-container")).to_be_visible()


def test_dark_and_light_are_remembered(visit):
    page = visit()
    theme = page.locator(".lx-theme")
    expect(theme).to_have_accessible_name("Switch to dark")
    theme.click()
    expect(page.locator("body")).to_contain_class("dark")
    page.reload()
    ready(page)
    expect(page.locator("body")).to_contain_class("dark")
    expect(page.locator(".lx-theme")).to_have_accessible_name("Switch to light")
    page.locator(".lx-help").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_without_a_passphrase_the_page_of_rooms_says_so(visit):
    page = visit(at="room", locale="zh-CN")
    expect(page.locator("#page-room")).to_contain_text("AIGC_PRESENTER_KEY", timeout=QUICK)
    expect(page.locator(".lx-seat-door, .lx-room")).to_have_count(0)
    page.goto(page.notes.base)
    expect(page.locator(".lx-families [data-page=gan]")).to_be_visible(timeout=QUICK)
    expect(page.locator(".lx-families [data-page=room]")).to_have_count(0)


def test_the_styles_of_all_parts_of_a_page_come_in_one_file(visit):
    page = visit(at="gpt")
    ready(page)
    assert page.evaluate("document.querySelectorAll('link[rel=stylesheet][disabled]').length") > 20
    sheets = [address for address in page.notes.requests if "/assets/" in address and address.endswith(".css")]
    assert len(sheets) == 1 and "/index-" in sheets[0]
