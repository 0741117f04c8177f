"""Every copy button where another machine of the network opens the page: plain http, without a clipboard interface."""

import pytest
from browser import QUICK, open_tab, part, put, ready, run
from playwright.sync_api import expect

DRAW = "diffusion_draw"
BROKEN = "document.execCommand = () => false"


@pytest.fixture
def elsewhere(browser, app_url):
    """Open the page from another machine: `elsewhere(at, script)` gives the page and what its clipboard holds."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")

    def open_page(at, script=""):
        page = context.new_page()
        page.add_init_script(script)
        page.goto(app_url.replace("127.0.0.1", "classroom.test") + "/" + at)
        ready(page)
        assert not page.evaluate("window.isSecureContext")

        def pasted():
            other = context.new_page()
            other.set_content("<textarea></textarea>")
            other.focus("textarea")
            other.keyboard.press("Control+V")
            words = other.input_value("textarea")
            other.close()
            page.bring_to_front()
            return words

        return page, pasted

    yield open_page
    context.close()


def says(page, words: str) -> None:
    """The page's own toast says it."""
    expect(page.locator(".lx-toasts p").last).to_contain_text(words, timeout=QUICK)


def test_copy_buttons_outside_a_dialog(elsewhere):
    page, pasted = elsewhere("diffusion")
    open_tab(page, DRAW)
    put(page, DRAW, "seed", 4321)
    part(page, DRAW, "link").click()
    says(page, "Link copied")
    assert "seed=4321" in pasted()
    tab = page.locator(f"#tab-{DRAW}")
    tab.get_by_role("button", name="Copy as Python").click()
    code = tab.locator(".lx-scripts code")
    expect(code).to_contain_text("4321", timeout=QUICK)
    tab.locator(".lx-copy").click()
    says(page, "Copied")
    assert pasted() == code.text_content()


def test_the_copy_button_of_a_lesson(elsewhere):
    page, pasted = elsewhere("diffusion")
    open_tab(page, DRAW)
    page.get_by_role("button", name="Lesson link").click()
    dialog = page.get_by_role("dialog", name="Lesson link")
    dialog.get_by_role("textbox").fill("Count the steps")
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog).to_have_count(0)
    says(page, "Link copied")
    assert "task=Count" in pasted()


def test_the_copy_button_of_an_answer(elsewhere):
    page, pasted = elsewhere("hf_text")
    open_tab(page, "hf_text_chat")
    part(page, "hf_text_chat", "message", "textarea").fill("hello")
    run(page, "hf_text_chat")
    turn = page.locator("#tab-hf_text_chat .lx-turn-assistant").last
    turn.locator(".lx-copy-turn").click()
    says(page, "Copied")
    said = turn.locator(".lx-said").text_content()
    assert said and pasted() == said


def test_copy_buttons_of_gradio_find_a_clipboard(elsewhere):
    page, pasted = elsewhere("gan")
    page.evaluate("navigator.clipboard.writeText('line one\\r\\nline two\\t!')")
    assert pasted() == "line one\nline two\t!"  # a box of text ends its lines so


def test_a_copy_that_failed_says_so_and_shows_the_link(elsewhere):
    page, _ = elsewhere("diffusion", BROKEN)
    open_tab(page, DRAW)
    part(page, DRAW, "link").click()
    says(page, "did not allow copying")
    page.get_by_role("button", name="Lesson link").click()
    dialog = page.get_by_role("dialog", name="Lesson link")
    dialog.get_by_role("button", name="Copy link").click()
    says(page, "did not allow copying")
    expect(dialog.locator("output")).to_contain_text("tab=diffusion_draw")
