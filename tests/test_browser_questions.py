"""Questions in a real browser: a guess, the experiment beside it, the answer and why, what stays covered till then."""

import json

import pytest
from browser import QUICK, RUN, badge_of, changed, open_tab, part, pixels, settled
from playwright.sync_api import expect

PAGE = "gan"
LIMIT, BLANK = "gan.predict_limit", "gan.predict_blank"
JUMPS = """() => { window.jumps = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())
  if (!entry.hadRecentInput) window.jumps += entry.value; }).observe({ type: 'layout-shift' }); }"""


def card_of(page, key):
    """The card of a question."""
    return page.locator(f'[data-card="{key}"]')


def texts(card):
    """What can be read on a card."""
    return card.inner_text()


def guess(card, right):
    """Choose an answer."""
    card.locator(f".lx-answer[data-right='{int(right)}']").first.click()


def show(card):
    """Press "Show me" and wait for the end; seconds until anything was to be seen."""
    button = card.locator(".lx-ask .lx-strong")
    button.click()
    first = card.evaluate(
        "card => new Promise(done => requestAnimationFrame(() => done(!card.querySelector('.lx-sides').hidden)))"
    )
    assert first, "there is no reaction in the next frame"
    expect(card).to_have_attribute("data-answered", "1", timeout=RUN)


@pytest.mark.parametrize("mobile", [False, True])
def test_a_wrong_guess_leads_to_the_answer_and_nothing_jumps(visit, mobile):
    page = visit(size=(390, 844) if mobile else (1440, 900))
    open_tab(page, "gan_draw")
    settled(page)
    card = card_of(page, LIMIT)
    card.scroll_into_view_if_needed()
    before = texts(card)
    assert "truncation pays" not in before and "differ by" not in before
    expect(card.locator(".lx-ask .lx-strong")).to_be_disabled()
    guess(card, right=False)
    assert "truncation pays" not in texts(card)
    page.evaluate(JUMPS)
    show(card)
    assert page.evaluate("window.jumps") <= 0.05
    expect(card.locator(".lx-answer[data-chosen=wrong]")).to_have_count(1)
    expect(card.locator(".lx-answer[data-chosen=right]")).to_have_count(1)
    expect(card.locator(".lx-reveal")).to_contain_text("Not so. It is: Still sevens, but all alike.")
    expect(card.locator(".lx-side figcaption").first).to_contain_text("Truncation 4")
    expect(card.locator(".lx-side figcaption").last).to_contain_text("the judge reads 100 % as a 7")
    expect(page.locator("#lx-live")).to_contain_text("Not so")
    assert json.loads(page.evaluate("localStorage.getItem('lx-guesses')"))[LIMIT] == "wrong"
    expect(part(page, "gan_draw", "limit", "input[type=number]")).to_have_value("0.3", timeout=QUICK)
    expect(badge_of(page, "gan_draw")).to_have_attribute("data-state", "live", timeout=QUICK)


def test_a_card_is_answered_with_the_keyboard_alone(visit):
    page = visit()
    open_tab(page, "gan_draw")
    settled(page)
    card = card_of(page, BLANK)
    card.locator(".lx-answer").first.focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("data-answered", "1", timeout=RUN)
    expect(page.locator("#gan_draw-view .lx-blank")).to_contain_text("Hardly a digit", timeout=QUICK)


def test_what_tells_the_answer_is_covered_until_there_is_a_guess(visit):
    page = visit()
    open_tab(page, "gan_classes", covered=True)
    view = part(page, "gan_classes", "view", "canvas").first
    expect(view).to_be_hidden()
    page.locator("#tab-gan_classes .lx-uncover").click()
    expect(view).to_be_visible()

    open_tab(page, "gan_walk", covered=True)
    told, pane = page.locator("#gan_walk-view .lx-verdict"), page.locator("#gan_walk-view .lx-panes canvas").first
    expect(told).not_to_have_text("", timeout=QUICK)
    expect(told).to_be_hidden()
    expect(pane).to_be_visible()
    page.locator("#tab-gan_walk .lx-uncover").click()
    expect(told).to_be_visible()


def test_a_preset_runs_at_once(visit):
    page = visit()
    open_tab(page, "diffusion_draw")
    page.get_by_role("button", name="three steps").or_(
        page.locator("#tab-diffusion_draw [data-do=preset]").first
    ).first.click()
    expect(badge_of(page, "diffusion_draw")).to_have_attribute("data-state", "live", timeout=RUN)


def test_a_needle_off_the_axis_says_so(visit):
    page = visit()
    open_tab(page, "vae_anomaly")
    page.evaluate("luoxia.set('vae_anomaly', { odd: 'inverted' })")
    expect(page.locator("#vae_anomaly-view .lx-off-axis")).to_contain_text("← −", timeout=QUICK)
    expect(page.locator("#vae_anomaly-view .lx-needle")).to_have_count(0)


def test_a_pinned_result_stays_while_the_next_one_is_made(visit):
    page = visit()
    open_tab(page, "gan_draw")
    settled(page)
    page.locator("#tab-gan_draw [data-do=pin]").click()
    pinned = page.locator("#tab-gan_draw .lx-pinned > figure")
    expect(pinned).to_have_count(1, timeout=QUICK)
    expect(pinned.locator("figcaption").first).to_contain_text("Truncation 4")
    before = pixels(page, "#tab-gan_draw .lx-pinned .lx-cells")
    assert before == pixels(page, "#gan_draw-view .lx-cells")
    page.evaluate("luoxia.set('gan_draw', { model: 'mlp' })")
    changed(page, "#gan_draw-view .lx-cells", before)
    assert pixels(page, "#tab-gan_draw .lx-pinned .lx-cells") == before
    pinned.get_by_role("button", name="Unpin").click()
    expect(pinned).to_have_count(0)


def test_the_projector_shows_result_and_question_only(visit):
    page = visit()
    open_tab(page, "gan_draw")
    settled(page)
    page.locator("#tab-gan_draw [data-do=board]").click()
    expect(part(page, "gan_draw", "limit")).to_be_hidden()
    expect(part(page, "gan_draw", "view")).to_be_visible()
    expect(card_of(page, LIMIT)).to_be_visible()
    page.keyboard.press("Escape")
    expect(part(page, "gan_draw", "limit")).to_be_visible()
