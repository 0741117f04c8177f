"""The app as `make run` starts it: address printed, page served without torch, libraries loaded behind it."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAPS = Path("/proc/self/maps")  # which libraries a process has loaded


@pytest.fixture
def app(tmp_path):
    """The app in a process of its own; the process and its address."""
    environment = {**os.environ, "GRADIO_TEMP_DIR": str(tmp_path), "OMP_NUM_THREADS": "1"}
    environment.pop("GRADIO_SERVER_PORT", None)
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    if not found:
        process.kill()
        pytest.fail(line + process.stderr.read())
    yield process, found[0]
    process.terminate()
    process.wait(10)


def test_the_page_answers_and_libraries_load_behind_it(app):
    process, address = app
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
    assert process.wait(10) == 0, process.stderr.read()


def test_without_a_catalogue_the_app_ends_with_one_sentence():
    source = (
        "import sys, pathlib; from aigc_demo.checkpoints import catalogue;"
        "catalogue.read.__defaults__ = (pathlib.Path('nowhere/catalogue.toml'),);"
        "sys.argv = ['app.py']; import app; app.main()"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60)
    said = "The list of checkpoints, catalogue.toml, is not on this machine. Fetch the project again."
    assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (1, said)
    assert "Traceback" not in done.stderr


def test_the_page_is_built_without_torch():
    source = (
        "import sys; from aigc_demo.core import environment; environment.prepare();"
        "from aigc_demo.checkpoints.store import Store; from aigc_demo.ui.app import build; build(Store());"
        "print([name for name in ('torch', 'diffusers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")
