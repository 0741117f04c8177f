"""Our pages beside the build that had one page for all families, and beside a bare Gradio page; part of page_load.

The peer is commit 12e2b13, checked out beside us. The bare page has as many components as the largest family that both
builds have. The ratio is turned round: our seconds by that build's, until the first button of the landing page works.
Further figures are the seconds until its run moves, those of that family, processor time of the server per visitor,
bytes of the largest page, what our server takes while nobody asks anything as a share of a core, and what a call of our
API takes that is refused at once. Needs requirements-test.txt.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from statistics import fmean

import httpx
import psutil

from benchmarks import page
from benchmarks.measure import ROOT, Result, Run, alternate, compare, median, server
from benchmarks.visit import RUNS, THEME, browser, cold

BEFORE = "12e2b13"  # the last build with one page
THEN = ("gan", "cyclegan", "vae", "diffusion", "gpt", "seq2seq", "textvae", "hf_text")  # the families that it had
LANDING, FAMILY = 0.30, 0.55  # of that build's seconds
VISITOR = 0.06  # seconds of the server's processor time
SIZE = 600_000  # bytes of a page
CALLS = 50
REFUSED = {"data": [3, "", 7, -1, ""]}  # of /diffusion_forward: there is no noise level -1


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A folder with the project as it was; taken away when the block is left."""
    git = ["git", "-C", str(ROOT)]
    known = subprocess.run([*git, "cat-file", "-e", f"{commit}^{{commit}}"], capture_output=True, check=False)
    if known.returncode:
        raise SystemExit(f"Commit {commit} is not in this clone: a whole one has it (git fetch --unshallow).")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "build"
        subprocess.run([*git, "worktree", "add", "--detach", "--quiet", str(folder), commit], check=True)
        try:
            yield folder
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", str(folder)], check=True)


def idle(process: psutil.Process) -> float:
    """Share of a core that a server takes while nobody asks anything."""
    before = page.processor(process)
    time.sleep(page.WINDOW)
    return (page.processor(process) - before) / page.WINDOW


def call(port: int, process: psutil.Process) -> float:
    """Milliseconds of processor time of a call that is refused at once."""
    address = f"http://127.0.0.1:{port}/gradio_api/call/diffusion_forward"
    with httpx.Client(trust_env=False, timeout=60) as client:
        before = page.processor(process)
        for _ in range(CALLS):
            event = client.post(address, json=REFUSED).json()["event_id"]
            if "event: error" not in client.get(f"{address}/{event}").text:
                raise RuntimeError("The call was not refused.")
    return (page.processor(process) - before) / CALLS * 1000


def run(rounds: int = 5) -> Result:
    first = page.port()
    with checkout(BEFORE) as folder, server(page.ours(first)) as ours:
        page.wait(first)
        second, sizes = page.port(), page.sizes(first)
        largest = max(THEN, key=lambda family: sizes[family])
        with server(page.ours(second), folder) as one_page:
            page.wait(second)
            third = page.port()
            with server(page.bare(third, page.kinds_of(first, f"/{largest}"))) as bare, browser() as chromium:
                page.wait(third)
                processes = [psutil.Process(child.pid) for child in (ours, one_page, bare)]
                for process in processes:
                    page.settle(process)
                tab = f"{largest}_{import_module(f'aigc_demo.ui.tabs.{largest}.page').TABS[0]}"
                places = {
                    "ours": (first, "", THEME),
                    "ours_family": (first, largest, f"#{tab}-run"),
                    "peer": (second, "", THEME),
                    "peer_family": (second, f"?tab={tab}", f"#{tab}-run"),
                    "bare": (third, "", ""),
                }
                of = dict(zip((first, second, third), processes, strict=True))
                sides: dict[str, Callable[[], Run]] = {
                    side: lambda port=port, path=path, button=button: cold(
                        chromium, f"http://127.0.0.1:{port}/{path}", of[port], button, RUNS if button == THEME else ""
                    )
                    for side, (port, path, button) in places.items()
                }
                for side in sides.values():
                    side()  # what is compressed once is compressed now
                runs = alternate(sides, rounds)
                resting, refusal = idle(processes[0]), call(first, processes[0])
    mean = {side: fmean(run[f"{side}_cpu_seconds"] for run in runs) for side in sides}
    more = [
        {"figure": "/: seconds until its run moves, by that build's", "value": share(runs, key="shown")},
        {"figure": f"/{largest}: seconds by that build's", "value": share(runs, "_family"), "limit": FAMILY},
        {"figure": "/: server CPU per visitor (s)", "value": mean["ours"], "limit": VISITOR, "build": mean["peer"]},
        {"figure": f"/{largest}: server CPU per visitor (s)", "value": mean["ours_family"], "limit": VISITOR},
        {"figure": "bytes of HTML of the largest page", "value": max(sizes.values()), "limit": SIZE},
        {f"{side}_seconds": median(runs, f"{side}_seconds") for side in sides},
        {"bare_cpu": mean["bare"], "idle": resting, "call_ms": refusal},
    ]
    found = compare("page_build", "s until the landing page's first button works", LANDING, runs, "seconds", more)
    return Result(found.name, found.unit, found.ours, found.peer, share(runs), LANDING, runs, more)


def share(runs: list[Run], page: str = "", key: str = "seconds") -> float:
    """Median of our seconds by the build's, round by round."""
    return median([{"share": run[f"ours{page}_{key}"] / run[f"peer{page}_{key}"]} for run in runs], "share")
