"""A Chromium that may prerender: Playwright's attaches to pages in a way that forbids it.

The browser is spoken to through a pipe (DevTools protocol, one JSON message after another, ended by a zero byte) and
attached to as a tab, which holds the page that is shown and the pages that it makes ready.
"""

import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

PATIENCE = 60  # seconds for an answer
PLACE = "(() => { const box = document.querySelector(%s).getBoundingClientRect(); return [box.x + 9, box.y + 9]; })()"


class Chromium:
    """One tab of one browser, of the program and with the flags of chromium.py; a context manager."""

    def __init__(self, program: str | None, flags: Sequence[str]):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs, self.to = os.pipe()
        self.back, answers = os.pipe()

        def ends() -> None:
            """What the browser reads is its file 3, what it writes 4."""
            held = os.dup(theirs), os.dup(answers)
            os.dup2(held[0], 3)
            os.dup2(held[1], 4)

        own = ("--headless", "--remote-debugging-pipe", f"--user-data-dir={self.profile.name}")
        command = [program or "chromium", *own, *flags, "about:blank"]
        self.process = subprocess.Popen(command, preexec_fn=ends, close_fds=False, stderr=subprocess.DEVNULL)  # noqa: PLW1509
        os.close(theirs)
        os.close(answers)
        self.rest, self.count = b"", 0
        self.pages: dict[str, str] = {}  # target -> session
        self.shown = ""

    def __enter__(self) -> "Chromium":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        os.close(self.to)
        os.close(self.back)
        self.profile.cleanup()

    def open(self, address: str) -> None:
        """A new tab with a page."""
        tab = self.send("Target.createTarget", url=address, forTab=True)["targetId"]
        session = self.send("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        follow = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
        self.send("Target.setAutoAttach", session, **follow)
        self.until(lambda: bool(self.pages))
        self.shown = next(iter(self.pages))

    def send(self, method: str, session: str = "", **values: Any) -> Any:
        """One command and its result."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": values} | ({"sessionId": session} if session else {})
        os.write(self.to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self.take(end - time.monotonic())
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
        raise TimeoutError(method)

    def take(self, patience: float) -> Any:
        """The next message; {} when none comes."""
        while b"\0" not in self.rest:
            if not select.select([self.back], [], [], max(0, patience))[0]:
                return {}
            self.rest += os.read(self.back, 1 << 16)
        line, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(line)
        if message.get("method") == "Target.attachedToTarget":
            target = message["params"]["targetInfo"]
            if target["type"] == "page":
                self.pages[target["targetId"]] = message["params"]["sessionId"]
        return message

    def value(self, script: str) -> Any:
        """What an expression is on the page that is shown."""
        session = self.pages[self.shown]
        return self.send("Runtime.evaluate", session, expression=script, returnByValue=True)["result"].get("value")

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something."""
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError
            self.take(0.01)

    def point(self, selector: str) -> None:
        """Lay the mouse on something, and wait until the page that it leads to is being made ready."""
        known = set(self.pages)
        x, y = self.value(PLACE % json.dumps(selector))
        self.send("Input.dispatchMouseEvent", self.pages[self.shown], type="mouseMoved", x=x, y=y)
        self.until(lambda: bool(set(self.pages) - known))

    def ready(self, script: str) -> bool:
        """Whether an expression is true on the page that is being made ready."""
        session = list(self.pages.values())[-1]
        return self.send("Runtime.evaluate", session, expression=script)["result"].get("value") is True

    def follow(self, selector: str) -> None:
        """Follow a link to a page that has been made ready."""
        self.value(f"document.querySelector({json.dumps(selector)}).click()")
        self.shown = list(self.pages)[-1]
