"""The app as `make run` starts it: address printed, page served without torch, libraries loaded behind it."""

import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from api import Api, small

from aigc_demo.services import warm

ROOT = Path(__file__).resolve().parent.parent
MAPS = Path("/proc/self/maps")  # which libraries a process has loaded


def test_the_page_answers_and_libraries_load_behind_it(start, tmp_path):
    process, address = start()
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.status == 200
        assert b"gradio" in answer.read()
    if not MAPS.exists():
        pytest.skip("what a process has loaded is read from /proc")
    maps = Path(f"/proc/{process.pid}/maps")
    end = time.monotonic() + 60
    while "libtorch" not in maps.read_text():
        assert time.monotonic() < end, "torch was not loaded behind the page"
        assert process.poll() is None
        time.sleep(0.5)
    process.terminate()
    assert process.wait(10) == 0, (tmp_path / "app.log").read_text()


@pytest.mark.parametrize(("told", "begins"), [("", True), ("1", True), ("0", False)])
def test_what_is_loaded_behind_can_be_turned_off(monkeypatch, told, begins):
    begun = threading.Event()
    monkeypatch.setenv("AIGC_WARM", told)
    monkeypatch.setattr(warm, "warm", lambda store: begun.set())
    thread = warm.warm_behind(None)
    assert begun.wait(20) if begins else thread is None


def test_without_a_catalogue_the_app_ends_with_one_sentence():
    source = (
        "import sys, pathlib; from aigc_demo.checkpoints import catalogue;"
        "catalogue.read.__defaults__ = (pathlib.Path('nowhere/catalogue.toml'),);"
        "sys.argv = ['app.py']; import app; app.main()"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=300)
    said = "The list of checkpoints, catalogue.toml, is not on this machine. Fetch the project again."
    assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (1, said)
    assert "Traceback" not in done.stderr


def test_the_page_is_built_without_torch():
    source = (
        "import sys; from aigc_demo.core import environment; environment.prepare();"
        "from aigc_demo.checkpoints.store import Store; from aigc_demo.ui.app import build; build(Store());"
        "print([name for name in ('torch', 'diffusers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")


def test_it_starts_on_a_strange_machine_and_sigterm_ends_it_in_the_middle_of_work(start, tmp_path):
    """Proxies that cannot be used, a HOME that cannot be written, a folder with spaces and Chinese in its name."""
    folder = tmp_path / "落霞 demo"
    folder.mkdir()
    shutil.copy(ROOT / "app.py", folder)
    shutil.copytree(ROOT / "aigc_demo", folder / "aigc_demo", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "assets").symlink_to(ROOT / "assets")
    (tmp_path / "file").touch()
    process, address = start(
        folder,
        HOME=str(tmp_path / "file" / "home"),
        AIGC_DATA_DIR="",
        AIGC_WARM="0",
        ALL_PROXY="socks5://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
        NO_PROXY="::1,[::1],::1/128",
    )
    with httpx.Client(trust_env=False, timeout=60) as client:
        assert client.get(address).status_code == 200
        api = Api(address, client)
        assert api.good("gan_draw")
        changes = {"diffusion_draw": {"steps": 1000}, "gpt_write": {"length": 500}, "gan_points": {"turns": 2000}}
        with ExitStack() as stack, ThreadPoolExecutor(len(changes)) as pool:
            begun = []
            for name, other in changes.items():  # a drawing, a text and a training
                work = api.start(name, list({**small(name), **other}.values()))
                lines = stack.enter_context(client.stream("GET", work)).iter_lines()
                assert next(line for line in lines if line.startswith("data: [")), name  # it has begun
                begun.append(lines)
            process.terminate()
            assert process.wait(10) == 0, (tmp_path / "app.log").read_text()
            ends = [pool.submit(rest, lines) for lines in begun]
            assert all(end.result(10) for end in ends)


def rest(lines):
    """Read what is left of a stream: it ends, in order or with the connection."""
    try:
        return [*lines, "the end"]
    except httpx.TransportError as error:
        return [repr(error)]
