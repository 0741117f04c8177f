"""The chat in a real browser: a recorded conversation first, then answers that stream in; texts are never markup."""

import re

from browser import QUICK, RUN, badge_of, bench, open_tab, part
from playwright.sync_api import expect

PAGE = "hf_text"
CHAT = "hf_text_chat"


def send(page, words):
    """Say something."""
    box = part(page, CHAT, "message", "textarea")
    box.fill(words)
    box.press("Enter")
    page.wait_for_timeout(1000)
    if bench(page, CHAT).get_attribute("data-busy") is None and box.input_value() == words:
        box.press("Enter")  # the page was not wired yet; a person would press again


def test_a_recorded_conversation_gives_way_to_ones_own(visit):
    page = visit()
    open_tab(page, CHAT)
    view = part(page, CHAT, "view", ".lx-talk")
    expect(view.locator(".lx-turn")).to_have_count(4, timeout=QUICK)
    expect(view.locator(".lx-recorded")).to_be_visible()
    expect(badge_of(page, CHAT)).to_have_attribute("data-state", "cached")
    send(page, "<img src=x onerror=alert(1)> <b>hello</b>")
    expect(view.locator(".lx-recorded")).to_be_hidden(timeout=RUN)
    expect(view.locator(".lx-turn-user .lx-said")).to_have_text("<img src=x onerror=alert(1)> <b>hello</b>")
    expect(view.locator(".lx-turns img, .lx-turns b")).to_have_count(0)
    expect(view.locator(".lx-talk-facts")).to_have_text(re.compile(r"\d+ tokens read, \d+ written"), timeout=RUN)
    expect(page.locator(f"#{CHAT}-run")).to_be_enabled(timeout=RUN)
    expect(badge_of(page, CHAT)).to_have_attribute("data-state", "live", timeout=RUN)


def test_a_conversation_goes_on_until_a_new_one_begins(visit):
    page = visit()
    open_tab(page, CHAT)
    view = part(page, CHAT, "view", ".lx-talk")
    for count, words in ((1, "one"), (2, "two")):
        send(page, words)
        expect(view.locator(".lx-turn-user")).to_have_count(count, timeout=RUN)
        expect(badge_of(page, CHAT)).to_have_attribute("data-state", "live", timeout=RUN)
        expect(view.locator(".lx-growing")).to_have_count(0, timeout=RUN)
        expect(bench(page, CHAT)).not_to_have_attribute("data-busy", re.compile(".*"), timeout=RUN)
    page.locator(f"#{CHAT}-fresh").click()
    expect(view.locator(".lx-turn")).to_have_count(0, timeout=QUICK)


def test_without_the_model_the_recording_stays_and_the_button_fetches(visit, app_url):
    """Neither a press nor Enter asks a model that is not there: nothing becomes an error, and it is fetched instead."""
    page = visit()

    def missing(route):
        answer = route.fetch()
        assert '"here":true' in answer.text()
        route.fulfill(response=answer, body=answer.text().replace('"here":true', '"here":false'))

    page.route(f"**/{PAGE}?lang=en", missing)
    page.goto(f"{app_url}/{PAGE}?lang=en")
    open_tab(page, CHAT)
    view, run = part(page, CHAT, "view", ".lx-talk"), page.locator(f"#{CHAT}-run")
    expect(run).to_have_text("Not here yet: fetch it first", timeout=QUICK)
    box = part(page, CHAT, "message", "textarea")
    box.fill("What is 17 times 23?")
    box.press("Enter")
    expect(run).to_have_text("Send", timeout=RUN)  # it was fetched: this machine has one, whatever the page said
    expect(view.locator(".lx-turn")).to_have_count(4)
    expect(view.locator(".lx-recorded")).to_be_visible()
    expect(badge_of(page, CHAT)).to_have_attribute("data-state", "cached")
    assert box.input_value() == "What is 17 times 23?"
    assert "Error" not in page.locator(f"#tab-{CHAT}").inner_text()
