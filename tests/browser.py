"""What the browser tests share: a page that notes what it should not do, and short names for what people do on it."""

import base64
import io
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from aigc_demo.checkpoints import catalogue

FAMILIES: dict[str, tuple[str, ...]] = {  # stem -> inner tabs, as its page names them
    family.stem: import_module(f"aigc_demo.ui.tabs.{family.stem}.page").TABS for family in catalogue.families()
}
USE_CASES = tuple(f"{family}_{name}" for family, names in FAMILIES.items() for name in names)
RUN = 90_000  # milliseconds that a run may take where other work shares the cores
QUICK = 20_000  # milliseconds for everything else
TABS = Path(__file__).resolve().parent.parent / "aigc_demo" / "ui" / "tabs"
COVERS = re.compile(r'\bquestion\(\s*"[\w.]+",\s*form,\s*f?"|\bcovers="')
LOCAL = ("data:", "blob:", "about:")


@dataclass
class Notes:
    """What a page did: its requests, and everything that must not happen."""

    base: str
    requests: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # failed, refused, or said on the console

    def listen(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("request", lambda request: self.asked(request.url))
        page.on("requestfailed", lambda request: self.failed(request.url, request.failure))
        page.on("response", lambda answer: self.answered(answer.url, answer.status))
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("console", lambda line: self.said(line.type, line.text))

    def asked(self, url: str) -> None:
        """A request goes out."""
        self.requests.append(url)
        if not url.startswith((f"{self.base}/", *LOCAL)):
            self.outside.append(url)

    def failed(self, url: str, why: str | None) -> None:
        """A request got no answer; those that a closed page or Stop ended are no fault."""
        if why != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {url} {why}")

    def answered(self, url: str, status: int) -> None:
        """A request was answered."""
        if status >= 400:
            self.wrong.append(f"{status}: {url}")

    def said(self, kind: str, words: str) -> None:
        """A line on the console."""
        if kind == "error":
            self.wrong.append(f"console: {words}")

    def clean(self) -> None:
        """Nothing left the machine and nothing went wrong."""
        assert not self.outside, self.outside
        assert not self.wrong, self.wrong


def ready(page: Page) -> None:
    """The page is drawn, and Gradio answers clicks."""
    page.locator(".lx-page").wait_for(timeout=QUICK)


def settled(page: Page, quiet: int = 500) -> None:
    """Nothing has been asked for a while. The heartbeat of a session stays open, so "networkidle" never comes."""
    asked = -1
    while asked != len(page.notes.requests):
        asked = len(page.notes.requests)
        page.wait_for_timeout(quiet)


def open_tab(page: Page, use_case: str, covered: bool = False) -> None:
    """Open the family's page unless it is open, then the inner tab, and take off what a question covers."""
    family = use_case.rpartition("_")[0]
    if page.evaluate("LX_PAGE") != family:
        page.locator(f".lx-families [data-page={family}]").click()
        page.wait_for_function("family => window.LX_PAGE === family", arg=family, timeout=QUICK)
        ready(page)
    inner = page.locator(f"#tab-{use_case}-button").first
    inner.click(timeout=QUICK)
    expect(page.locator(f"#tab-{use_case}")).to_be_visible(timeout=QUICK)
    if not covered:
        uncover(page, use_case)


def uncover(page: Page, use_case: str) -> None:
    """Take off what a question covers, where this tab has one that does."""
    family, _, name = use_case.rpartition("_")
    file = TABS / family / f"{name}.py"
    source = file.read_text("utf-8") if file.is_file() else ""
    button = page.locator(f"#tab-{use_case} .lx-uncover")
    if COVERS.search(source) and not page.locator(f"#tab-{use_case} [data-card]:not(:has(.lx-uncover))").count():
        button.click(timeout=QUICK)
        until = time.monotonic() + QUICK / 1000
        while button.count() and time.monotonic() < until:  # a click before the script has the card is lost
            page.wait_for_timeout(100)
            button.evaluate_all("all => all.forEach((one) => one.click())")
        expect(button).to_have_count(0)


def unfold(page: Page, use_case: str, kind: str = "") -> None:
    """Open every fold of a tab, or those of one kind."""
    closed = f"#tab-{use_case} {kind} button.label-wrap:not(.open)"
    page.eval_on_selector_all(closed, "all => all.forEach((fold) => fold.click())")
    expect(page.locator(closed)).to_have_count(0, timeout=QUICK)


def part(page: Page, use_case: str, name: str, within: str = ""):
    """A control of a form, or something inside it."""
    return page.locator(f"#{use_case}-{name} {within}".strip())


def number(page: Page, use_case: str, name: str):
    """The number box of a slider, a number or a seed."""
    return part(page, use_case, name, "input[type=number]")


def put(page: Page, use_case: str, name: str, value: object) -> None:
    """Type a number and leave the box."""
    box = number(page, use_case, name)
    box.fill(str(value))
    box.press("Tab")


def pick(page: Page, use_case: str, name: str, label: str) -> None:
    """Choose a radio button by its words."""
    part(page, use_case, name).get_by_label(label, exact=True).check(force=True)


def bench(page: Page, use_case: str):
    """Controls and result of a form; `data-busy` while a run is under way, `data-ended` once one has ended."""
    return page.locator(".lx-bench", has=page.locator(f"#{use_case}-run"))


def begin(page: Page, use_case: str) -> None:
    """Press Run."""
    bench(page, use_case).evaluate(
        "bench => { delete bench.dataset.ended;"
        "bench.addEventListener('lx-end', () => { bench.dataset.ended = '1'; }, { once: true }); }"
    )
    page.locator(f"#{use_case}-run").click()


def ended(page: Page, use_case: str, timeout: int = RUN) -> None:
    """Wait for the end of the run."""
    expect(bench(page, use_case)).to_have_attribute("data-ended", "1", timeout=timeout)


def stop_when(page: Page, use_case: str, condition: str) -> None:
    """Have the page press Stop by itself as soon as `condition` (JavaScript) holds: nobody races against the run."""
    page.evaluate(
        "([stop, holds]) => { const test = new Function(`return ${holds}`);"
        "const look = () => test() ? document.getElementById(stop).click() : requestAnimationFrame(look); look(); }",
        [f"{use_case}-stop", condition],
    )


def run(page: Page, use_case: str) -> None:
    """Press Run and wait until the result is live."""
    begin(page, use_case)
    ended(page, use_case)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "live", timeout=QUICK)


def badge_of(page: Page, use_case: str):
    """The line under a result that says where it came from."""
    return page.locator(f"#tab-{use_case} .lx-badge").first


def scope(page: Page, use_case: str):
    """The microscope of a form."""
    return part(page, use_case, "scope", ".lx-microscope")


def toast(page: Page):
    """The newest of Gradio's toasts."""
    return page.get_by_test_id("toast-body").last


def pixels(page: Page, selector: str) -> list[str]:
    """The content of every canvas below `selector`, as text to compare."""
    return page.eval_on_selector_all(f"{selector} canvas", "all => all.map(one => one.toDataURL())")


def alike(one: Sequence[str], other: Sequence[str], shades: int = 4) -> bool:
    """Whether canvases, as `pixels` gives them, are equal but for rounding: what was computed together with other
    requests may be a few shades of 255 off here and there."""

    def read(address: str) -> np.ndarray:
        picture = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
        return np.asarray(picture.convert("RGB"), dtype=int)

    pairs = [(read(left), read(right)) for left, right in zip(one, other, strict=True)]
    return all(left.shape == right.shape and abs(left - right).max() <= shades for left, right in pairs)


def still(page: Page, selector: str) -> list[str]:
    """The content of every canvas below `selector`, once it stays as it is."""
    shown = pixels(page, selector)
    until = time.monotonic() + QUICK / 1000
    while time.monotonic() < until:
        page.wait_for_timeout(400)
        before, shown = shown, pixels(page, selector)
        if shown == before:
            return shown
    raise AssertionError(f"{selector} never stands still")


def changed(page: Page, selector: str, before: list[str]) -> list[str]:
    """Wait until the canvases below `selector` show something else; what they show now."""
    page.wait_for_function(
        "([where, before]) => [...document.querySelectorAll(`${where} canvas`)].map((one) => one.toDataURL()).join()"
        " !== before",
        arg=[selector, ",".join(before)],
        timeout=QUICK,
    )
    return pixels(page, selector)


def live(page: Page, use_case: str, before: list[str]) -> list[str]:
    """Wait until the pictures of a view have changed and the badge says that they are live; the pictures now."""
    now = changed(page, f"#{use_case}-view", before)
    expect(badge_of(page, use_case)).to_have_attribute("data-state", "live", timeout=QUICK)
    return now


def scripts_come(page: Page, use_case: str, ours: str, library: str, theirs: str) -> None:
    """Copy as Python: the first script has the words `ours`; the second, called `library`, has `theirs`."""
    tab = page.locator(f"#tab-{use_case}")
    tab.get_by_role("button", name="Copy as Python").click()
    expect(tab.locator(".lx-scripts code")).to_contain_text(ours, timeout=QUICK)
    tab.get_by_role("tab", name=library).click()
    expect(tab.locator(".lx-scripts code")).to_contain_text(theirs)


def text_of(page: Page) -> str:
    """Every word of the document, attributes included."""
    return page.evaluate("document.documentElement.outerHTML")


def close_toasts(page: Page) -> None:
    """Take away the toasts that are there."""
    page.evaluate("document.querySelectorAll('.toast-close').forEach((button) => button.click())")
    expect(page.get_by_test_id("toast-body")).to_have_count(0, timeout=QUICK)


def untranslated(page: Page) -> list[str]:
    """Tokens of the catalogue that reached the page."""
    return re.findall(r"⟦[^⟧]*⟧?", text_of(page))
