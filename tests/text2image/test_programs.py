"""Copy as Python: our program and the one with a StableDiffusionPipeline draw the same pictures."""

import runpy

import numpy as np
import pytest
from PIL import Image
from tiny_text2image import Store

from aigc_demo.services.experiments import use_case_of
from aigc_demo.services.service import Service
from aigc_demo.services.text2image.requests import Draw, Type, Upscale

REQUESTS = [
    Draw(steps=2),
    Draw(steps=3, count=1, seed=2**32 - 1, prompt=" 蓝色背景上的两个苹果 ", negative="a dog", guidance=5),
    Draw(steps=2, count=1, guidance=1),
    Draw(steps=2, count=1, guidance=0, negative="blue"),
    Type(steps=2),
    Type(steps=4, count=4, seed=3, prompt=" 狗 "),
    Upscale(sample=11),
]


@pytest.mark.parametrize(
    "request_", REQUESTS, ids=["default", "negative", "unguided", "away only", "student", "students", "upscaler"]
)
def test_both_programs_draw_the_same(request_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store()
    monkeypatch.setattr("aigc_demo.checkpoints.store.Store", lambda **options: store)
    monkeypatch.setattr("aigc_demo.services.service.Store", lambda: store)
    for side, source in zip(("ours", "library"), Service(store).python(use_case_of(request_), request_), strict=True):
        (tmp_path / f"{side}.py").write_text(source)
        runpy.run_path(f"{side}.py", run_name="__main__")
    ours, library = (np.asarray(Image.open(f"{side}.png"), np.int16) for side in ("ours", "library"))
    assert ours.shape == library.shape and ours.max() > ours.min()
    assert np.abs(ours - library).max() <= 1


def test_there_is_no_such_program_where_the_pipeline_has_no_such_steps():
    service = Service(Store())
    assert service.python("text2image_draw", Draw(sampler="heun"))[1] == ""
    assert service.python("text2image_draw", Draw(guidance=0.5))[1] == ""
    assert service.python("text2image_upscale", Upscale(origin="drawn"))[1] == ""
