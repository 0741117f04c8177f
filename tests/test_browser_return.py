"""From page to page and back: what was set is there again, the address follows, nothing old passes for new."""

import json
import re

import pytest
from browser import FAMILIES, QUICK, badge_of, bench, number, open_tab, part, pick, put, ready, run, toast
from playwright.sync_api import expect

PAGE = "diffusion"
DRAW = "diffusion_draw"


def go(page, family):
    """Follow the link to a family."""
    page.locator(f".lx-families [data-page='{family}']").click()
    page.wait_for_function("family => window.LX_PAGE === family", arg=family, timeout=QUICK)
    ready(page)


def test_what_was_set_is_there_again_in_this_tab_of_the_browser_only(visit):
    page = visit()
    open_tab(page, "diffusion_grid")
    put(page, "diffusion_grid", "seed", 99)
    page.wait_for_timeout(600)  # what was typed is kept a moment after
    open_tab(page, DRAW)
    put(page, DRAW, "steps", 31)
    pick(page, DRAW, "digit", "5")
    go(page, "gan")
    go(page, "diffusion")
    expect(page.locator(f"#tab-{DRAW}")).to_be_visible(timeout=QUICK)
    expect(number(page, DRAW, "steps")).to_have_value("31", timeout=QUICK)
    expect(part(page, DRAW, "digit").get_by_label("5", exact=True)).to_be_checked()
    expect(bench(page, DRAW)).to_have_attribute("data-outdated", "1")
    expect(badge_of(page, DRAW)).to_contain_text("from earlier settings")
    run(page, DRAW)
    expect(bench(page, DRAW)).not_to_have_attribute("data-outdated", re.compile(".*"))
    open_tab(page, "diffusion_grid")
    expect(number(page, "diffusion_grid", "seed")).to_have_value("99", timeout=QUICK)
    page.reload()
    ready(page)
    expect(page.locator("#tab-diffusion_grid")).to_be_visible(timeout=QUICK)
    other = page.context.new_page()
    other.goto(page.url.partition("?")[0])
    expect(number(other, DRAW, "steps")).to_have_value("20", timeout=QUICK)


def test_the_address_follows_the_open_tab(visit, app_url):
    page = visit("?lang=zh")
    open_tab(page, "diffusion_walk")
    assert page.url == f"{app_url}/diffusion?tab=diffusion_walk&lang=zh"
    card = {"aigc_demo": 1, "use_case": DRAW, "values": {"steps": 4}}
    saved = {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(card).encode()}
    page.locator(".lx-open-row input[type=file]").set_input_files(saved)
    expect(number(page, DRAW, "steps")).to_have_value("4", timeout=QUICK)
    expect(toast(page)).to_have_text(re.compile("设置已恢复，点“开始去噪”重现结果"))
    assert page.url == f"{app_url}/diffusion?tab={DRAW}&lang=zh"
    go(page, "gan")
    page.locator(".lx-open-row input[type=file]").set_input_files({**saved, "name": "b.json"})
    page.wait_for_url(f"{app_url}/diffusion?tab={DRAW}&lang=zh", timeout=QUICK)
    expect(number(page, DRAW, "steps")).to_have_value("4", timeout=QUICK)


def test_the_address_of_a_lesson_stays(visit):
    page = visit(f"?tab={DRAW}&lock=steps&task=Look")
    expect(number(page, DRAW, "steps")).to_be_disabled(timeout=QUICK)
    address = page.url
    open_tab(page, "diffusion_walk")
    assert page.url == address


def test_rows_of_tabs_show_on_a_phone_that_they_go_on(visit):
    page = visit(size=(390, 844))
    for row in (page.locator(".lx-families"), page.locator(".lx-page > .tabs > .tab-wrapper")):
        row.evaluate("row => { row.scrollLeft = 0; }")
        expect(row).to_contain_class("lx-goes-after", timeout=QUICK)
        expect(row).not_to_contain_class("lx-goes-before")
        row.evaluate("row => { row.scrollLeft = row.scrollWidth; }")
        expect(row).to_contain_class("lx-goes-before")
        expect(row).not_to_contain_class("lx-goes-after")


def test_the_pages_beside_the_open_one_are_fetched_ahead(visit, app_url):
    page = visit()
    expect(page.locator('script[type="speculationrules"]')).to_have_count(1)
    rules = json.loads(page.locator('script[type="speculationrules"]').text_content())
    beside = page.locator(rules["prefetch"][0]["where"]["selector_matches"])
    assert beside.evaluate_all("links => links.map((link) => link.dataset.page)") == ["vae", "text2image"]
    page.wait_for_timeout(500)
    assert {f"{app_url}/vae", f"{app_url}/text2image"} <= set(page.notes.requests)
    assert not [url for url in page.notes.requests if "queue/join" in url]


@pytest.mark.parametrize("calm", [True, False])
def test_one_page_fades_into_the_next_but_not_for_calm_people(visit, calm):
    page = visit(calm=calm)
    page.add_init_script("addEventListener('pagereveal', (e) => { window.fades = Boolean(e.viewTransition); })")
    go(page, "vae")
    assert page.evaluate("window.fades") is not calm


def test_what_is_ready_ahead_is_every_other_page_and_never_the_open_one(visit):
    page = visit()
    rules = json.loads(page.locator('script[type="speculationrules"]').text_content())
    (ready_ahead,) = rules["prerender"]
    assert ready_ahead["eagerness"] == "moderate"
    row = page.locator(f"nav :is({ready_ahead['where']['selector_matches']})")
    named = row.evaluate_all("links => links.map((link) => link.dataset.page)")
    assert sorted(named) == sorted({"", *FAMILIES} - {PAGE})
