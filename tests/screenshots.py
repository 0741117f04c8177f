"""Take a picture of every page of the running app, in both languages and themes, on a desk and on a phone.

`make screenshots` puts them into screenshots/, to be looked at.

The browser sees exactly what a visitor sees; the command fails when the page says anything on its console.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from chromium import launch
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from aigc_demo.checkpoints import catalogue

ROOT = Path(__file__).resolve().parent.parent
WIDE, PHONE = (1440, 900), (390, 844)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@dataclass(frozen=True)
class Shot:
    view: str  # "home", or the stem of a family
    language: str  # "zh" or "en"
    theme: str  # "light" or "dark"
    size: tuple[int, int] = WIDE  # CSS pixels

    @property
    def name(self) -> str:
        """The file's name without its end."""
        return f"{self.view}-{self.language}-{self.theme}{'-phone' if self.size == PHONE else ''}"


VIEWS = ("home", *(family.stem for family in catalogue.families()))
ALL = tuple(Shot(*choice) for choice in product(VIEWS, LOCALES, ("light", "dark"), (WIDE, PHONE)))


@contextmanager
def app() -> Iterator[str]:
    """The app in a process of its own, with a cache of its own; its address."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "GRADIO_TEMP_DIR": cache}
        command = [sys.executable, "app.py"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout
            address = next((found[0] for line in server.stdout if (found := re.search(r"http://\S+", line))), None)
            if address is None:
                sys.exit("The app did not start.")
            yield address
        finally:
            server.terminate()
            server.wait()


def take(browser: Browser, address: str, shot: Shot, folder: Path) -> list[str]:
    """Save one picture, in 256 colours where that is smaller; what the console said meanwhile."""
    width, height = shot.size
    scale = 2 if shot.size == PHONE else 1
    context = browser.new_context(
        locale=LOCALES[shot.language],
        color_scheme=shot.theme,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        reduced_motion="reduce",
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    path = "" if shot.view == "home" else shot.view
    page.goto(f"{address.rstrip('/')}/{path}?lang={shot.language}&__theme={shot.theme}")
    page.locator(f"#page-{shot.view}").wait_for(timeout=30_000)
    page.wait_for_timeout(2500)  # files, fonts, canvases and the last transitions
    path = folder / f"{shot.name}.png"
    page.screenshot(path=path)
    context.close()
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return [f"{shot.name}: {text}" for text in said]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--address", help="of an app that runs already")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)

        def run(address: str) -> list[str]:
            return [line for shot in ALL for line in take(browser, address, shot, options.out)]

        if options.address:
            said = run(options.address)
        else:
            with app() as address:
                said = run(address)
        browser.close()
    if said:
        sys.exit("\n".join(said))


if __name__ == "__main__":
    main()
