"""The page of CLIP in a real browser."""

import re

from browser import QUICK, RUN, badge_of, open_tab, part, toast, untranslated
from playwright.sync_api import expect

PAGE = "clip"


def ready(page, use_case, kind, times=r"\d+"):
    """The view of a use case, with a result."""
    view = part(page, use_case, "view", f".lx-{kind}")
    expect(view).to_have_attribute("data-ready", re.compile(times), timeout=RUN)
    return view


def test_the_matrix_is_there_and_follows_its_sentences(visit):
    page = visit()
    view = ready(page, "clip_matrix", "pairs")
    expect(view.locator(".lx-pairs-table canvas")).to_have_count(6)
    assert not untranslated(page)
    part(page, "clip_matrix", "sentences", "textarea").fill("a dog\n一只猫")
    page.locator("#clip_matrix-again").click()
    expect(view.locator(".lx-pairs-table p")).to_have_count(2, timeout=RUN)
    expect(badge_of(page, "clip_matrix")).to_have_attribute("data-state", "live", timeout=RUN)


def test_an_unknown_label_is_one_sentence(visit):
    page = visit()
    open_tab(page, "clip_classify")
    ready(page, "clip_classify", "described")
    part(page, "clip_classify", "labels", "textarea").fill("zebra")
    page.locator("#clip_classify-again").click()
    expect(toast(page)).to_contain_text("knows none of these words: zebra", timeout=RUN)


def test_the_map_lights_what_belongs_together(visit):
    page = visit()
    open_tab(page, "clip_map")
    view = ready(page, "clip_map", "mapped")
    expect(view.locator(".lx-plane-map > *")).to_have_count(73, timeout=QUICK)
    view.locator('[data-kind="en"][data-sample="3"]').dispatch_event("pointerenter")
    expect(view.locator('.lx-lit[data-sample="3"]')).to_have_count(view.locator('[data-sample="3"]').count())
