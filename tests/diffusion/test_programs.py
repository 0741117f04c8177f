"""Copy as Python: both scripts of a request run, each on its own, and draw the same picture.

"The same" allows one shade of 256: both compute in float32, in another order, and a value that lies within 1e-4 of the
border between two shades may be rounded to either.
"""

import ast
import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import images
from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.services.diffusion.requests import ANY, Draw, Forward, Grid, Walk
from aigc_demo.services.service import Service

ROOT = Path(__file__).resolve().parents[2]
BAR = np.full((32, 32), -1, np.float32)
BAR[6:26, 14:18] = 1

REQUESTS = [
    *(Draw(seed=3, steps=4, sampler=sampler) for sampler in SAMPLERS),
    *(Draw(seed=3, steps=7, sampler=sampler) for sampler in SAMPLERS),  # 7 does not divide 1000
    *(Draw(steps=2, sampler=sampler, guidance=guidance) for sampler in ("ddim", "heun") for guidance in (0, 1)),
    *(Draw(steps=2, sampler=sampler, digit=ANY) for sampler in ("ddpm", "euler")),
    *(Draw(steps=steps, eta=eta) for steps in (5, 7) for eta in (0.5, 1)),
    Draw(steps=4, sampler="ddpm", eta=1),  # eta speaks to ddim alone
    Draw(steps=1, digit=0, seed=2**32 - 1, guidance=10),
    *(Walk(frames=3, steps=3, sampler=sampler) for sampler in SAMPLERS),
    Walk(frames=2, steps=3, digit=ANY, seed_from=5, seed_to=5, guidance=0),
    *(Grid(seeds=2, steps=3, sampler=sampler) for sampler in SAMPLERS),
    Grid(seed=2**32 - 1, seeds=3, steps=2, guidance=0),
    Forward(),
    Forward(sample=0, seed=0, level=0),
    Forward(level=999, drawing=images.to_data_url(images.to_pil(BAR))),
]


def python(request):
    """The two programs of a request."""
    return Service(Store(device="cpu")).python(f"diffusion_{type(request).__name__.lower()}", request)


def name(request):
    """What the request differs in from the defaults, without its drawing."""
    default = type(request)()
    values = {k: v for k, v in vars(request).items() if v != getattr(default, k) and k != "drawing"}
    return " ".join([type(request).__name__, *(f"{k}={v}" for k, v in values.items())])


def gap(folder):
    """Largest difference of ours.png and library.png, in shades."""
    ours, library = (Image.open(folder / f"{side}.png") for side in ("ours", "library"))
    assert ours.mode == library.mode and ours.size == library.size
    assert ours.getextrema()[1] > ours.getextrema()[0]
    return np.abs(np.asarray(ours, np.int16) - np.asarray(library, np.int16)).max()


@pytest.mark.parametrize("request_", REQUESTS, ids=name)
def test_both_scripts_draw_the_same(request_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for side, source in zip(("ours", "library"), python(request_), strict=True):
        (tmp_path / f"{side}.py").write_text(source)
        runpy.run_path(f"{side}.py", run_name="__main__")
    assert gap(tmp_path) <= 1


def test_the_script_draws_what_the_page_draws(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    request = Draw(steps=3, seed=8)
    exec(python(request)[0], {})  # noqa: S102 - it is what is tested
    drawn = Service(Store(device="cpu")).result("diffusion_draw", request)
    assert np.array_equal(np.asarray(Image.open("ours.png")), np.asarray(images.to_pil(drawn.x, 8)))


def test_scripts_run_as_a_person_runs_them(tmp_path):
    """Each in a fresh interpreter, with a folder of its own as the place to write to."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    for side, source in zip(("ours", "library"), python(Draw(steps=2)), strict=True):
        (tmp_path / f"{side}.py").write_text(source)
        command = [sys.executable, f"{side}.py"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    assert gap(tmp_path) <= 1


@pytest.mark.parametrize("request_", REQUESTS[::5], ids=name)
def test_scripts_are_tidy(request_):
    for source in python(request_):
        assert source.endswith("\n") and "\n\n\n\n" not in source and "\t" not in source
        assert max(len(line) for line in source.splitlines() if "base64" not in line) <= 120
        compile(source, "script", "exec")


def test_a_text_in_a_request_stays_a_text():
    """Values go in as Python literals, so that none of them can become code."""
    mean = '"); import os; os.abort() #'
    source = python(Draw(checkpoint=mean))
    for script in source:
        named = [node.value for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Constant)]
        assert mean in named and "import os" not in script.replace(repr(mean), "")
