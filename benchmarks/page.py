"""Our app and the bare page as child processes, and what can be read of them from outside."""

import collections
import json
import re
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import psutil

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.environment import free_port

PATIENCE = 180  # seconds until a page must have answered
WINDOW = 3  # seconds over which a server is watched
IDLE = 0.05  # share of a processor that an idle server takes
CONFIG = re.compile(rb"window\.gradio_config = (\{.*?\});</script>", re.DOTALL)
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


def port() -> int:
    """A free one, away from those that people use."""
    found = free_port("127.0.0.1", 8700)
    if found is None:
        raise RuntimeError("No port between 8700 and 8799 is free.")
    return found


def ours(number: int) -> list[str]:
    """Command that starts our app."""
    return [sys.executable, "app.py", "--port", str(number)]


def bare(number: int, kinds: dict[str, int]) -> list[str]:
    """Command that starts the bare page."""
    return [sys.executable, "-m", "benchmarks.bare_page", str(number), json.dumps(kinds)]


def get(number: int, path: str = "/") -> bytes:
    """Body of a page on loopback."""
    with OPENER.open(f"http://127.0.0.1:{number}{path}", timeout=60) as answer:
        return bytes(answer.read())


def wait(number: int) -> None:
    """Return as soon as the page answers 200."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            get(number)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError("The page did not answer.")


def kinds(number: int) -> dict[str, int]:
    """How many components of which kind all pages have."""
    config: dict[str, Any] = json.loads(get(number, "/config"))
    return dict(collections.Counter(component["type"] for component in config["components"]))


def kinds_of(number: int, path: str) -> dict[str, int]:
    """How many components of which kind one page has."""
    found = CONFIG.search(get(number, path))
    if found is None:
        raise RuntimeError(f"The page {path} describes no components.")
    return dict(collections.Counter(component["type"] for component in json.loads(found[1])["components"]))


def sizes(number: int) -> dict[str, int]:
    """Bytes of HTML of the page of each family, uncompressed."""
    return {family.stem: len(get(number, f"/{family.stem}")) for family in catalogue.families()}


def processor(process: psutil.Process) -> float:
    """Seconds of processor time that it has taken; to the nanosecond on Linux, whose CPU clocks carry their process."""
    if sys.platform == "linux":
        return time.clock_gettime(~process.pid << 3 | 2)
    times = process.cpu_times()
    return float(times.user + times.system)


def settle(process: psutil.Process) -> None:
    """Return when the process has next to nothing to do: what loads behind the page is loaded."""
    end, before = time.monotonic() + PATIENCE, -1.0
    while time.monotonic() < end and processor(process) - before > IDLE * WINDOW:
        before = processor(process)
        time.sleep(WINDOW)
