"""What 24 more families of the size of diffusion change for a visitor of a page that was there before.

Part of page_load. The peer is a copy of the project with them: each is diffusion's requests, computations, tabs, words
and first results under a name of its own. The ratio is turned round, theirs by ours, of the landing page's seconds;
further figures are those of /diffusion, of processor time and of bytes. Needs requirements-test.txt.
"""

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import psutil

from benchmarks import page
from benchmarks.measure import ROOT, Result, Run, alternate, compare, median, server
from benchmarks.visit import THEME, browser, cold

COUNT = 24
MODEL = "diffusion"
GROWTH = 1.10  # theirs by ours
NAME = re.compile(rf"(?<=services\.){MODEL}\b|(?<=tabs\.){MODEL}\b|(?<![\w.\-]){MODEL}(?=[._\"])")


def grown(folder: Path, count: int = COUNT) -> list[str]:
    """Copy the project into `folder` and add families; their stems."""
    shutil.copy(ROOT / "app.py", folder)
    for name in ("aigc_demo", "assets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    stems = [f"toy{i:02}" for i in range(count)]
    for stem in stems:
        for place in (f"aigc_demo/services/{MODEL}", f"aigc_demo/ui/tabs/{MODEL}"):
            for file in (folder / place).glob("*.py"):
                copy = folder / place.replace(MODEL, stem) / file.name
                copy.parent.mkdir(exist_ok=True)
                copy.write_text(NAME.sub(stem, file.read_text("utf-8")), encoding="utf-8")
        words = folder / "aigc_demo/ui/text"
        shutil.copy(words / f"{MODEL}.toml", words / f"{stem}.toml")
        for file in (folder / "assets/examples").glob(f"{MODEL}_*.json"):
            shutil.copy(file, file.with_name(file.name.replace(MODEL, stem, 1)))
    listing = folder / "aigc_demo/checkpoints/catalogue.toml"
    families = "".join(f'[[family]]\nstem = "{stem}"\n\n' for stem in stems)
    listing.write_text(listing.read_text("utf-8").replace("[[checkpoint]]", f"{families}[[checkpoint]]", 1), "utf-8")
    return stems


def run(rounds: int = 5) -> Result:
    with tempfile.TemporaryDirectory() as place:
        grown(Path(place))
        first = page.port()
        with server(page.ours(first)) as ours:
            page.wait(first)
            second = page.port()
            with server(page.ours(second), Path(place)) as more, browser() as chromium:
                page.wait(second)
                processes = {port: psutil.Process(child.pid) for port, child in ((first, ours), (second, more))}
                for process in processes.values():
                    page.settle(process)
                pages = {"": ("", THEME), "_family": (MODEL, f"#{MODEL}_draw-run")}
                sides: dict[str, Callable[[], Run]] = {
                    f"{side}{name}": lambda port=port, path=path, button=button: cold(
                        chromium, f"http://127.0.0.1:{port}/{path}", processes[port], button
                    )
                    for side, port in (("ours", first), ("peer", second))
                    for name, (path, button) in pages.items()
                }
                for side in sides.values():
                    side()  # what is compressed once is compressed now
                runs = alternate(sides, rounds)
                sizes = {
                    path: [len(page.get(port, f"/{path}")) for port in (first, second)] for path, _ in pages.values()
                }
    growth = {}
    for name, (path, _) in pages.items():
        pairs = [{"growth": run[f"peer{name}_seconds"] / run[f"ours{name}_seconds"]} for run in runs]
        growth[f"/{path}: seconds"] = median(pairs, "growth")
        cpu = [fmean(run[f"{side}{name}_cpu_seconds"] for run in runs) for side in ("peer", "ours")]
        growth[f"/{path}: server CPU"] = cpu[0] / cpu[1]
        growth[f"/{path}: bytes of HTML"] = sizes[path][1] / sizes[path][0]
    figures = [
        {"figure": f"{COUNT} more families, {key}", "value": value, "limit": GROWTH} for key, value in growth.items()
    ]
    kept = compare("page_growth", "s until the landing page's first button works", GROWTH, runs, "seconds")
    return Result(kept.name, kept.unit, kept.ours, kept.peer, growth["/: seconds"], GROWTH, runs, figures)
