"""The browser of the tests and the screenshots: found, or installed by `python tests/chromium.py [--fonts]`.

Looked for in this order: the variable CHROMIUM, the system's headless shell (which takes about a seventh less of the
processor for the same tests), its Chromium or Chrome, Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # the cable is pulled; classroom.test is this machine as others in a network see it, over plain http
    "--host-resolver-rules=MAP classroom.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    *(("--no-sandbox",) if ROOT else ()),  # Chromium refuses to sandbox root
)
HELP = (
    "No Chromium was found and none could be installed. Install Chromium or Chrome with your system's package manager, "
    "or name one: CHROMIUM=/path/to/chromium make test"
)


def find() -> str | None:
    """The system's browser, or None: then Playwright's own is meant."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else NAMES))
    return next(filter(None, found), str(MAC) if MAC.exists() else None)


def launch(playwright: Playwright) -> Browser:
    """A headless browser that does not look for anything outside this machine by itself."""
    return playwright.chromium.launch(executable_path=find(), args=list(FLAGS))


def works() -> bool:
    """Whether a browser is there and starts."""
    try:
        with sync_playwright() as playwright:
            launch(playwright).close()
    except Exception:  # whatever is wrong with it, another one is tried
        return False
    return True


def call(*command: str) -> bool:
    """Run a command, its output on our standard error; whether it went well."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    return done.returncode == 0


def system_package(name: str) -> bool:
    """Install a Debian or Ubuntu package, if we may."""
    if not ROOT or not shutil.which("apt-get"):
        return False
    sys.stderr.write(f"Installing {name}\n")
    install = ("apt-get", "install", "-qq", "-y", "--no-install-recommends", name)
    return call(*install) or (call("apt-get", "update", "-qq") and call(*install))


def has_chinese() -> bool:
    """Whether a font with Chinese characters is installed; without one screenshots show boxes."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def main() -> None:
    if "--fonts" in sys.argv[1:] and not has_chinese() and not system_package("fonts-noto-cjk"):
        sys.stderr.write(
            "No font with Chinese characters was found; screenshots will show boxes. Install Noto Sans CJK.\n"
        )
    packages = ("chromium-headless-shell", "chromium")
    if works() or any(system_package(name) and works() for name in packages):
        return
    extra = ["--with-deps"] if ROOT and shutil.which("apt-get") else []
    if not call(sys.executable, "-m", "playwright", "install", *extra, "chromium") or not works():
        sys.exit(HELP)


if __name__ == "__main__":
    main()
