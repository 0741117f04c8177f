"""Lesson links and run cards in a real browser: what leaves the page comes back into it, and nothing else does."""

import base64
import io
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browser import QUICK, RUN, badge_of, close_toasts, number, open_tab, part, pick, put, run, scope, toast
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import expect

DRAW = "diffusion_draw"
SCRIPT = "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'> ${window.broken = 1} {{1}}"


def link(**values) -> str:
    """A lesson link's query."""
    return "?" + urlencode(values)


def png(comment: str | None = None, key: str = "aigc_demo") -> bytes:
    """A small picture, with a card inside or without."""
    info = PngInfo()
    if comment is not None:
        info.add_itxt(key, comment)
    file = io.BytesIO()
    Image.new("L", (8, 8), 128).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def bring(page, content: bytes, name: str, kind: str) -> None:
    """Choose a saved file with the button."""
    page.locator(".lx-open-row input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def drop(page, content: bytes, name: str, kind: str, zeros: int = 0) -> None:
    """Drop a saved file on the middle of the page, with so many bytes of zero behind it."""
    page.evaluate(
        """([text, name, type, zeros]) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const basket = new DataTransfer();
          basket.items.add(new File([bytes, new Uint8Array(zeros)], name, { type }));
          for (const kind of ['dragover', 'drop'])
            document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: basket, bubbles: true, cancelable: true }));
        }""",
        [base64.b64encode(content).decode(), name, kind, zeros],
    )


def test_a_lesson_link_restores_locks_hides_and_tells(visit):
    wish = {"tab": DRAW, "digit": 3, "steps": 12, "seed": 99, "guidance": 2.5, "lang": "zh"}
    page = visit(link(**wish, lock="steps,seed", hide="digit", task=SCRIPT))
    expect(part(page, DRAW, "run")).to_have_text("开始去噪", timeout=QUICK)
    expect(number(page, DRAW, "steps")).to_have_value("12", timeout=QUICK)
    expect(number(page, DRAW, "seed")).to_have_value("99")
    expect(number(page, DRAW, "steps")).to_be_disabled()
    expect(number(page, DRAW, "seed")).to_be_disabled()
    expect(part(page, DRAW, "digit")).to_be_hidden()
    task = page.locator(f"#tab-{DRAW} .lx-task")
    expect(task).to_contain_text(SCRIPT)
    assert task.locator("script, img").count() == 0
    assert page.evaluate("window.broken") is None
    run(page, DRAW)
    expect(badge_of(page, DRAW)).to_contain_text("种子 99")
    expect(scope(page, DRAW)).to_have_attribute("data-count", "13", timeout=QUICK)


def test_what_a_link_gets_wrong_is_named(visit):
    page = visit(link(tab=DRAW, steps="many", seed=10**30, digit=4, colour=SCRIPT, lock="steps,door"))
    expect(toast(page)).to_contain_text("Some of it was left out", timeout=QUICK)
    for words in (
        "teps must be a number",
        "Seed must be between",
        "no setting called door",
        "no setting called colour",
    ):
        expect(toast(page)).to_contain_text(words)
    expect(part(page, DRAW, "digit").get_by_label("4", exact=True)).to_be_checked()
    expect(number(page, DRAW, "steps")).to_have_value("20")
    assert page.evaluate("window.broken") is None


def test_after_a_link_the_request_still_says_what_is_wrong(visit):
    page = visit(link(tab=DRAW, seed=7, lang="zh"))
    expect(number(page, DRAW, "seed")).to_have_value("7", timeout=QUICK)
    expect(toast(page)).to_be_visible(timeout=QUICK)
    close_toasts(page)
    put(page, DRAW, "seed", -1)
    part(page, DRAW, "run").click()
    expect(toast(page)).to_contain_text("要在 0 到 4294967295 之间", timeout=QUICK)


@pytest.mark.parametrize(
    ("tab", "at"), [("diffusion_none", "/diffusion"), ("'];window.broken=1//<b>", "/"), ("hf_texts", "/")]
)
def test_an_unknown_tab_is_named_and_the_page_lives(visit, tab, at):
    page = visit(link(tab=tab, steps=3))
    assert urlsplit(page.url).path == at
    expect(page.locator(".lx-toasts").get_by_text("There is no tab called")).to_be_attached(timeout=QUICK)
    open_tab(page, DRAW)
    expect(number(page, DRAW, "steps")).to_have_value("20")


def test_the_copied_link_brings_back_what_was_set(visit, app_url):
    page = visit(link(tab=DRAW, task="What changes?", lang="en"), permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator(f"#tab-{DRAW} .lx-task")).to_contain_text("What changes?", timeout=QUICK)
    put(page, DRAW, "steps", 44)
    put(page, DRAW, "seed", 5)
    pick(page, DRAW, "digit", "8")
    page.get_by_role("button", name="1,000 steps of DDPM").click()
    expect(number(page, DRAW, "steps")).to_have_value("1000")
    put(page, DRAW, "steps", 45)
    part(page, DRAW, "link").click()
    expect(page.locator(".lx-toasts")).to_contain_text("Link copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(app_url)
    assert len(address) < 2000
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert query["tab"] == DRAW
    other = visit("?" + urlsplit(address).query, locale="zh-CN")
    expect(number(other, DRAW, "steps")).to_have_value("45", timeout=QUICK)
    expect(number(other, DRAW, "seed")).to_have_value("5")
    expect(part(other, DRAW, "digit").get_by_label("8", exact=True)).to_be_checked()
    other.locator(f"#tab-{DRAW} .lx-drawer > button").click()
    expect(part(other, DRAW, "sampler", "input")).to_have_value("DDPM (fresh noise at every step)")
    expect(number(other, DRAW, "guidance")).to_have_value("1")
    expect(other.locator(f"#tab-{DRAW} .lx-task")).to_contain_text("What changes?")
    long = other.evaluate("luoxia.address('diffusion_draw', { steps: 3 }, { task: '说'.repeat(3000) })")
    assert len(long["href"]) <= 2000
    assert long["cut"]


def test_a_lesson_is_written_in_the_dialog(visit):
    page = visit(at="diffusion", permissions=["clipboard-read", "clipboard-write"])
    open_tab(page, DRAW)
    put(page, DRAW, "steps", 9)
    page.get_by_role("button", name="Lesson link").click()
    dialog = page.get_by_role("dialog", name="Lesson link")
    dialog.get_by_role("textbox").fill(SCRIPT)
    dialog.locator("select[name=steps]").select_option("lock")
    dialog.locator("select[name=digit]").select_option("hide")
    expect(dialog.locator("output")).to_contain_text(re.compile(r"has \d+ characters"))
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog).to_have_count(0)
    address = page.evaluate("navigator.clipboard.readText()")

    other = visit("?" + urlsplit(address).query, permissions=["clipboard-read", "clipboard-write"])
    expect(number(other, DRAW, "steps")).to_have_value("9", timeout=QUICK)
    expect(number(other, DRAW, "steps")).to_be_disabled()
    expect(part(other, DRAW, "digit")).to_be_hidden()
    expect(other.locator(f"#tab-{DRAW} .lx-task")).to_contain_text(SCRIPT)
    assert other.evaluate("window.broken") is None
    other.get_by_role("button", name="too much guidance").click()
    other.locator(f"#tab-{DRAW} .lx-drawer > button").click()
    expect(number(other, DRAW, "guidance")).to_have_value("8")
    expect(number(other, DRAW, "steps")).to_have_value("9")  # a preset leaves alone what is locked
    open_tab(other, "diffusion_grid")  # the lesson is about the other tab
    part(other, "diffusion_grid", "link").click()
    expect(other.locator(".lx-toasts")).to_contain_text("Link copied")
    query = parse_qs(urlsplit(other.evaluate("navigator.clipboard.readText()")).query)
    assert query["tab"] == ["diffusion_grid"]
    assert not {"lock", "hide", "task"} & query.keys()


def test_saved_files_bring_back_tab_and_values(visit, tmp_path):
    page, other = visit(at="diffusion"), visit()
    open_tab(page, DRAW)
    pick(page, DRAW, "digit", "2")
    kinds = {"png": "image/png", "gif": "image/gif", "mp4": "video/mp4", "json": "application/json"}
    for steps, (form, kind) in enumerate(kinds.items(), 3):
        close_toasts(other)
        put(page, DRAW, "steps", steps)
        put(page, DRAW, "seed", 100 + steps)
        part(page, DRAW, "format").get_by_label(form.upper(), exact=True).check(force=True)
        with page.expect_download(timeout=RUN) as waiting:
            part(page, DRAW, "save").click()
        assert waiting.value.suggested_filename == f"{DRAW}-{100 + steps}.{form}"
        saved = tmp_path / f"saved.{form}"
        waiting.value.save_as(saved)
        (bring if form in ("gif", "json") else drop)(other, saved.read_bytes(), saved.name, kind)
        expect(part(other, DRAW, "run")).to_be_visible(timeout=QUICK)
        expect(number(other, DRAW, "steps")).to_have_value(str(steps), timeout=QUICK)
        expect(number(other, DRAW, "seed")).to_have_value(str(100 + steps))
        expect(part(other, DRAW, "digit").get_by_label("2", exact=True)).to_be_checked()
        expect(toast(other)).to_contain_text("Settings restored")


def test_a_family_alone_opens_its_page(visit, app_url):
    page = visit("?tab=hf_text&lang=en")
    assert page.url == f"{app_url}/hf_text?lang=en"
    expect(page.locator("#page-hf_text h2").first).to_be_visible(timeout=QUICK)


def test_refusals_of_gradio_are_in_the_language_of_the_page(visit):
    page = visit("?lang=zh")
    bring(page, b"hello", "a.csv", "text/csv")
    expect(toast(page)).to_contain_text("这里打不开这种文件")
    close_toasts(page)
    drop(page, png(), "big.png", "image/png", zeros=53_000_000)
    expect(toast(page)).to_contain_text("这个文件太大")


def test_files_without_a_good_card_get_one_sentence(visit):
    page = visit()
    good = {"aigc_demo": 1, "use_case": DRAW, "values": {}}
    cases = [
        (png(), "a.png", "image/png", "This file carries no run card"),
        (b"\x89PNG\r\n\x1a\nnot really", "b.png", "image/png", "not a picture that can be read"),
        (json.dumps({**good, "values": [1, 2]}).encode(), "c.json", "application/json", "cannot be read"),
        (json.dumps({**good, "use_case": 7}).encode(), "d.json", "application/json", "cannot be read"),
        (json.dumps({**good, "use_case": SCRIPT}).encode(), "e.json", "application/json", "There is no tab called"),
        (json.dumps({**good, "checkpoint": "other"}).encode(), "f.json", "application/json", "no checkpoint called"),
    ]
    for content, name, kind, words in cases:
        bring(page, content, name, kind)
        expect(toast(page)).to_contain_text(words, timeout=QUICK)
        close_toasts(page)
    wrong = {"steps": "many", "seed": None, "digit": [1], "guidance": 2.5}
    bring(page, json.dumps({**good, "values": wrong}).encode(), "g.json", "application/json")
    expect(toast(page)).to_contain_text("Some of it was left out", timeout=QUICK)
    for field in ("teps must be", "Seed is empty"):
        expect(toast(page)).to_contain_text(field)
    expect(number(page, DRAW, "steps")).to_have_value("20")
    assert page.evaluate("window.broken") is None
