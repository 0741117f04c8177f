"""The tab of compression in a real browser: controls that act at once, GPTQ that runs, a file that is saved."""

import re

import pytest
from browser import QUICK, RUN, begin, bench, open_tab, part, pick, put, untranslated
from playwright.sync_api import expect

PAGE = "compression"
BITS, PRUNE, TUNE, GPTQ, DISTIL, BESIDE = (
    f"compression_{name}" for name in ("bits", "prune", "tune", "gptq", "distil", "beside")
)


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


def test_smollm2_goes_on_with_a_question_and_has_no_curve(shown):
    page, root = shown(BITS)
    page.get_by_role("button", name="SmolLM2 · 4 bits").click()  # a tiny Llama in its place
    expect(root.locator(".lx-made").last).to_contain_text("The capital of France is", timeout=RUN)
    expect(page.locator(f"#tab-{BITS} .lx-following .lx-progress")).to_be_hidden(timeout=RUN)
    expect(root.locator(".lx-hue-water")).to_be_hidden()
    expect(page.locator(f"#{BITS}-fetch")).to_be_hidden()
    page.get_by_role("button", name="Judge · 3 bits").click()
    expect(root.locator(".lx-hue-water")).to_be_visible(timeout=RUN)


def test_weights_are_left_out_by_the_slider(shown):
    page, root = shown(PRUNE)
    expect(root.locator(".lx-hue-reed")).to_be_hidden()  # the GPT was not fine-tuned
    before = root.locator(".lx-made").last.text_content()
    put(page, PRUNE, "share", 0.8)
    expect(root.locator(".lx-made").last).not_to_have_text(before, timeout=RUN)
    pick(page, PRUNE, "structure", "whole channels (really gone)")
    expect(part(page, PRUNE, "verdict", ".lx-verdict")).to_contain_text("really are smaller", timeout=RUN)
    page.locator(f"#tab-{PRUNE}").get_by_role("button", name="judge · 60 %").click()
    expect(root.locator(".lx-hue-reed")).to_be_visible(timeout=RUN)


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


def test_a_place_and_a_temperature_act_in_the_browser_and_a_run_measures_all_three(visit):
    page = visit()
    open_tab(page, DISTIL)
    assert not untranslated(page)
    soft = part(page, DISTIL, "soft", ".lx-soft")
    expect(soft).to_have_attribute("data-ready", "1", timeout=QUICK)
    expect(soft.locator("li.lx-chosen")).to_have_count(1)
    expect(soft.locator("li").first.locator(".lx-soft-bar")).to_have_count(3)
    before = soft.locator("li small").first.text_content()
    put(page, DISTIL, "temperature", 6)
    expect(soft).to_have_attribute("data-temperature", "6")
    assert float(soft.locator("li small").first.text_content().split()[0]) < float(before.split()[0])
    soft.locator(".lx-token").nth(5).click()
    expect(soft).to_have_attribute("data-place", "5")
    expect(soft.locator(".lx-soft-title")).to_contain_text("BAPTI")
    expect(soft.locator("li.lx-chosen b")).to_have_text("S")
    begin(page, DISTIL)
    expect(bench(page, DISTIL)).to_have_attribute("data-ended", "1", timeout=RUN)
    expect(part(page, DISTIL, "table", "tbody tr")).to_have_count(3)
    expect(part(page, DISTIL, "view", ".lx-made").last).to_contain_text("BAPTISTA:")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_tab_fits_a_phone(visit, locale):
    page = visit(locale=locale, size=(390, 844))
    for tab in (BITS, PRUNE, GPTQ, DISTIL, BESIDE):
        open_tab(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab


def test_a_pruned_gpt_learns_on_and_the_curve_grows(shown):
    page, root = shown(TUNE)
    assert not untranslated(page)
    put(page, TUNE, "updates", 10)
    begin(page, TUNE)
    expect(bench(page, TUNE)).to_have_attribute("data-ended", "1", timeout=RUN)
    expect(root.locator(".lx-made-by > figure > figcaption").last).to_contain_text("Trained on (10)")
    expect(root.locator(".lx-chart circle")).to_have_count(3)
