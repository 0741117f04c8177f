"""The tab of compression in a real browser: controls that act at once, GPTQ that runs, a file that is saved."""

import re

import pytest
from browser import QUICK, RUN, begin, bench, open_tab, part, pick, put, untranslated
from playwright.sync_api import expect

PAGE = "compression"
BITS, PRUNE, GPTQ, BESIDE = (f"compression_{name}" for name in ("bits", "prune", "gptq", "beside"))


@pytest.fixture
def shown(visit):
    """Open an inner tab as a new visitor; page and view, which shows what ships."""

    def open_compression(tab, **options):
        page = visit(**options)
        open_tab(page, tab)
        root = part(page, tab, "view", ".lx-outputs")
        expect(root).to_have_attribute("data-ready", "1", timeout=QUICK)
        return page, root

    return open_compression


def test_fewer_bits_act_at_once(shown):
    page, root = shown(BITS)
    assert not untranslated(page)
    expect(root.locator(".lx-made-by > figure > figcaption")).to_have_text(
        [re.compile("6.84 MB"), re.compile("894 kB")]
    )
    expect(root.locator(".lx-cells figure")).to_have_count(20)
    pick(page, BITS, "bits", "2")
    expect(root.locator(".lx-made-by > figure > figcaption").last).to_contain_text("470 kB", timeout=RUN)
    assert root.locator(".lx-misread").count() > 3
    expect(part(page, BITS, "verdict", ".lx-verdict")).to_contain_text("no faster")
    assert root.locator(".lx-chart svg circle").count() >= 3


def test_a_text_takes_the_place_of_the_digits(shown):
    page, root = shown(BITS)
    page.get_by_role("button", name="Text · 2 bits").click()
    expect(root.locator(".lx-made").first).to_contain_text("ROMEO:", timeout=RUN)
    expect(root.locator(".lx-cells").first).to_be_hidden()


def test_weights_are_left_out_by_the_slider(shown):
    page, root = shown(PRUNE)
    before = root.locator(".lx-made").last.text_content()
    put(page, PRUNE, "share", 0.8)
    expect(root.locator(".lx-made").last).not_to_have_text(before, timeout=RUN)
    pick(page, PRUNE, "structure", "whole channels (really gone)")
    expect(part(page, PRUNE, "verdict", ".lx-verdict")).to_contain_text("really are smaller", timeout=RUN)


def test_gptq_runs(shown):
    page, root = shown(GPTQ)
    pick(page, GPTQ, "bits", "3")
    put(page, GPTQ, "texts", 2)
    begin(page, GPTQ)
    expect(bench(page, GPTQ)).to_have_attribute("data-ended", "1", timeout=RUN)
    expect(root.locator(".lx-made-by > figure > figcaption").last).to_contain_text("GPTQ · 3 bit")


def test_three_ways_run(visit):
    page = visit()
    open_tab(page, BESIDE)
    begin(page, BESIDE)
    expect(bench(page, BESIDE)).to_have_attribute("data-ended", "1", timeout=RUN)
    expect(part(page, BESIDE, "table", "tbody tr")).to_have_count(3)


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_tab_fits_a_phone(visit, locale):
    page = visit(locale=locale, size=(390, 844))
    for tab in (BITS, PRUNE, GPTQ, BESIDE):
        open_tab(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
