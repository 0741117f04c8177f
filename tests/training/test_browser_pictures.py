"""Augmentation and a training of one's own in a real browser: live, stopped, gone on with, brought, saved, opened."""

import re

import numpy as np
import pytest
from browser import QUICK, RUN, begin, bench, open_tab, part, put, toast, unfold, untranslated
from PIL import Image
from playwright.sync_api import expect

PAGE = "training"
AUGMENT, TRAIN, SELFSUP = "training_augment", "training_train", "training_selfsup"
NAME = ".lx-batch > figcaption"


@pytest.fixture
def shown(visit):
    """Open an inner tab as a new visitor; page and view, which shows what ships."""

    def open_training(tab, **options):
        page = visit(**options)
        open_tab(page, tab)
        root = part(page, tab, "view", ".lx-batches")
        expect(root).to_have_attribute("data-ready", "1", timeout=QUICK)
        return page, root

    return open_training


@pytest.fixture
def photos(tmp_path):
    """Ten small pictures and a file that is none."""
    draws = np.random.default_rng(1)
    paths = [tmp_path / f"{place}.png" for place in range(10)]
    for path in paths:
        Image.fromarray(draws.integers(0, 255, (20, 30, 3), dtype=np.uint8)).save(path)
    (tmp_path / "notes.txt").write_text("no picture")
    return [*paths, tmp_path / "notes.txt"]


def bring(page, tab, photos):
    """Choose files with the button of a tab."""
    with page.expect_file_chooser() as chooser:
        page.locator(f"#{tab}-bring").first.click()
    chooser.value.set_files(photos)
    sheet = part(page, tab, "sheet", ".lx-batches")
    expect(sheet.locator(NAME)).to_contain_text("10 pictures taken", timeout=QUICK)
    return sheet


def test_the_batch_follows_the_controls_and_both_classifiers_learn(shown):
    page, root = shown(AUGMENT)
    assert not untranslated(page)
    expect(root.locator("canvas")).to_have_count(24)
    course = part(page, AUGMENT, "course", ".lx-batches")
    expect(course.locator(".lx-batch-facts")).to_contain_text("100 digits to learn from, 200 updates")
    put(page, AUGMENT, "rotate", 90)
    expect(root.locator(".lx-batch-facts")).to_contain_text("have not been tried", timeout=RUN)
    assert max(abs(int(x)) for x in re.findall(r"↻ (-?\d+)°", root.text_content())) > 20
    unfold(page, AUGMENT)
    put(page, AUGMENT, "lessons", 50)
    begin(page, AUGMENT)
    expect(bench(page, AUGMENT)).to_have_attribute("data-ended", "1", timeout=RUN)
    expect(course.locator(".lx-batch-facts")).to_contain_text("50 updates")
    expect(root.locator(".lx-batch-facts")).to_be_empty()


def test_an_encoder_learns_without_labels(shown):
    page, root = shown(SELFSUP)
    assert not untranslated(page)
    expect(root.locator("canvas")).to_have_count(16)
    course = part(page, SELFSUP, "course", ".lx-batches")
    expect(course.locator(".lx-batch-facts")).to_contain_text("300 digits without labels, 200 updates")
    page.locator(f"#{SELFSUP}-objective").get_by_role("radio", name="fill in hidden patches").check()
    unfold(page, SELFSUP)
    put(page, SELFSUP, "rounds", 50)
    begin(page, SELFSUP)
    expect(root.locator("canvas")).to_have_count(24, timeout=RUN)
    expect(bench(page, SELFSUP)).to_have_attribute("data-ended", "1", timeout=RUN)
    expect(course.locator(".lx-batch-facts")).to_contain_text("50 updates")
    expect(course.locator(".lx-chart:visible")).to_have_count(3)


def test_own_pictures_are_augmented(shown, photos):
    page, root = shown(AUGMENT)
    sheet = bring(page, AUGMENT, photos)
    expect(sheet.locator(".lx-told")).to_contain_text("notes.txt: not a PNG")
    expect(root.locator("canvas")).to_have_count(20, timeout=RUN)


def test_a_training_stops_goes_on_is_saved_and_opened_again(shown, photos, tmp_path):
    page, root = shown(TRAIN)
    bring(page, TRAIN, photos)
    facts = root.locator(".lx-batch-facts")
    begin(page, TRAIN)
    expect(facts).to_contain_text("9 pictures to learn from, 1 held out", timeout=RUN)
    expect(facts).to_contain_text("s left", timeout=RUN)
    expect(facts).not_to_contain_text(" 0 updates", timeout=RUN)
    page.locator(f"#{TRAIN}-stop").click()
    page.wait_for_timeout(2000)
    before = int(re.search(r"(\d+) updates", facts.text_content())[1])
    begin(page, TRAIN)
    expect(facts).not_to_contain_text(f" {before} updates", timeout=RUN)
    page.locator(f"#{TRAIN}-stop").click()
    page.wait_for_timeout(2000)
    assert int(re.search(r"(\d+) updates", facts.text_content())[1]) > before
    with page.expect_download(timeout=RUN) as download:
        part(page, TRAIN, "save").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with page.expect_file_chooser() as chooser:
        page.locator(f"#{TRAIN}-open").first.click()
    chooser.value.set_files(path)
    expect(facts).to_contain_text("opened from a file", timeout=RUN)
    ready = root.get_attribute("data-ready")
    page.locator(f"#{TRAIN}-draw").click()
    expect(root).not_to_have_attribute("data-ready", ready, timeout=RUN)


def test_a_trained_model_draws_on_its_own_page(shown):
    page, _ = shown(TRAIN)
    begin(page, TRAIN)
    link = part(page, TRAIN, "link", "a")
    expect(link).to_have_attribute("href", re.compile("vae_draw&checkpoint=own-"), timeout=RUN)
    page.locator(f"#{TRAIN}-stop").click()
    with page.context.expect_page() as opened:
        link.click()
    other = opened.value
    note = other.locator("#vae_draw-checkpoint .lx-own-model")
    expect(note).to_have_attribute("data-own", "true", timeout=RUN)
    canvas = other.locator("#vae_draw-view canvas").first
    expect(canvas).to_have_attribute("width", "32", timeout=RUN)
    note.get_by_role("button").click()
    expect(canvas).to_have_attribute("width", "28", timeout=RUN)
    expect(note).to_have_attribute("data-own", "false")
    other.close()


def test_drawings_are_added_one_after_the_other(shown):
    page, _ = shown(TRAIN)
    unfold(page, TRAIN)
    sheet = part(page, TRAIN, "sheet", ".lx-batches")
    for place in range(2):
        canvas = part(page, TRAIN, "pad", "canvas")
        canvas.scroll_into_view_if_needed()
        pad = canvas.bounding_box()
        page.mouse.move(pad["x"] + 40, pad["y"] + 40)
        page.mouse.down()
        page.mouse.move(pad["x"] + 60, pad["y"] + 120 + 60 * place, steps=4)
        page.mouse.up()
        part(page, TRAIN, "add").click()
        expect(sheet.locator(NAME)).to_contain_text(f"{place + 1} pictures taken", timeout=RUN)
        expect(sheet.locator(".lx-told")).to_contain_text(f"{7 - place} more and training can begin")
        expect(part(page, TRAIN, "pad", ".lx-sketch")).to_have_class(re.compile("lx-empty"), timeout=QUICK)
    part(page, TRAIN, "add").click()
    expect(page.get_by_text("The sheet is empty").last).to_be_visible(timeout=RUN)


def test_a_rate_that_is_far_too_large_ends_with_a_sentence(shown):
    page, _ = shown(TRAIN, query=f"?tab={TRAIN}&minutes=0.05&lang=en")
    expect(toast(page)).to_contain_text("restored", timeout=QUICK)
    page.get_by_role("button", name="100 times the rate").click()
    begin(page, TRAIN)
    said = page.get_by_text("The loss ran away")
    ended = page.locator(f"#tab-{TRAIN} .lx-bench[data-ended]")
    expect(said.or_(ended).first).to_be_visible(timeout=RUN)


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_tabs_fit_a_phone(visit, locale):
    page = visit(locale=locale, size=(390, 844))
    for tab in (AUGMENT, SELFSUP, TRAIN):
        open_tab(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
