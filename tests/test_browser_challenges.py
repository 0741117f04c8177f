"""A challenge in a real browser: its beginning is set up, a try is checked, the best score is kept and shared."""

from urllib.parse import parse_qs, urlparse

from browser import QUICK, RUN, badge_of, open_tab, part, settled
from playwright.sync_api import expect

PAGE = "diffusion"
KEY, FORM = "diffusion.challenge_clear", "diffusion_draw"


def test_a_challenge_is_set_up_missed_reached_kept_and_shared(visit):
    page = visit()
    open_tab(page, FORM)
    settled(page)
    card = page.locator(f'[data-task="{KEY}"]')
    set_up, check, share = (card.locator("button").nth(i) for i in range(3))
    tried = card.locator(".lx-tried")
    expect(card.locator(".lx-best")).to_be_hidden()
    set_up.click()
    expect(part(page, FORM, "steps", "input[type=number]")).to_have_value("4", timeout=QUICK)
    expect(badge_of(page, FORM)).to_have_attribute("data-state", "live", timeout=RUN)
    check.click()
    expect(tried).to_have_attribute("data-reached", "0", timeout=RUN)
    expect(tried).to_contain_text("Not yet. 4 questions to the network")
    expect(card.locator(".lx-best")).to_be_hidden()
    page.evaluate(f"luoxia.set('{FORM}', {{ sampler: 'dpmpp', steps: 7 }})")
    expect(part(page, FORM, "steps", "input[type=number]")).to_have_value("7", timeout=QUICK)
    check.click()
    expect(tried).to_have_attribute("data-reached", "1", timeout=RUN)
    expect(tried).to_contain_text("Reached. 7 questions to the network")
    page.reload()
    open_tab(page, FORM)
    expect(card.locator(".lx-best")).to_have_text("Your best: 7 questions to the network", timeout=QUICK)
    page.evaluate("luoxia.copy = (words) => { window.copied = words; }")
    share.click()
    asked = parse_qs(urlparse(page.evaluate("window.copied")).query)
    assert asked["tab"] == [FORM] and asked["steps"] == ["4"] and "Your best: 7" in asked["task"][0]
