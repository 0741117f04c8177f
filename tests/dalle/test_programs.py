"""Copy as Python: both programs of a request run, and draw the same picture."""

import os
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.dalle.requests import Draw
from aigc_demo.services.service import Service

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = [
    Draw(temperature=0.0),
    Draw(prompt="蓝色背景上的两个苹果", seed=3, top_k=20, top_p=0.9, temperature=0.8, kept="5,6"),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.prompt)
def test_both_programs_draw_the_same(request_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for side, source in zip(
        ("ours", "library"), Service(Store(device="cpu")).python("dalle_draw", request_), strict=True
    ):
        (tmp_path / f"{side}.py").write_text(source)
        runpy.run_path(os.fspath(tmp_path / f"{side}.py"), run_name="__main__")
    ours, library = (np.asarray(Image.open(tmp_path / f"{side}.png"), np.int16) for side in ("ours", "library"))
    assert ours.shape == library.shape and ours.std() > 5
    assert np.abs(ours - library).max() <= 2
