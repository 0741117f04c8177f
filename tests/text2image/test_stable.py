"""Stable Diffusion of the hub: a tiny random pipeline, served on loopback, looked up, fetched and drawn with."""

import json
import runpy
import shutil
import threading
from http.server import ThreadingHTTPServer

import numpy as np
import pytest
import torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel
from PIL import Image
from test_hub import NET, LoopbackHub
from tiny_stable import pipeline

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError, UnavailableError, UserError
from aigc_demo.data.scene_truth import look
from aigc_demo.services.service import Service
from aigc_demo.services.text2image import hub as use_case
from aigc_demo.services.text2image.hub import StableDesk
from aigc_demo.services.text2image.requests import Hub


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Owner "lab" with pipelines of several kinds."""
    root = tmp_path_factory.mktemp("stable") / "lab"
    made = pipeline(tmp_path_factory.mktemp("words"))
    made.save_pretrained(root / "tiny")
    shutil.copytree(root / "tiny", root / "half")
    made.save_pretrained(root / "half", variant="fp16")
    DDPMPipeline(UNet2DModel(**NET), DDPMScheduler()).save_pretrained(root / "digits")
    (root / "words").mkdir()
    (root / "words" / "config.json").write_text('{"model_type": "gpt2"}')
    for name, change in {
        "larger": {"_class_name": "StableDiffusionXLPipeline"},
        "own_code": {"_class_name": ["pipeline", "Mine"]},
        "own_part": {"unet": ["pipeline", "Mine"]},
        "headless": {"text_encoder": [None, None]},
    }.items():
        folder = root / name
        shutil.copytree(root / "tiny", folder)
        index = json.loads((folder / "model_index.json").read_text())
        (folder / "model_index.json").write_text(json.dumps({**index, **change}))
    shutil.copytree(root / "tiny", root / "pickles")
    (root / "pickles" / "unet" / "diffusion_pytorch_model.safetensors").rename(
        root / "pickles" / "unet" / "diffusion_pytorch_model.bin"
    )
    shutil.copytree(root / "tiny", root / "cut")
    weights = root / "cut" / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    shutil.copytree(root / "tiny", root / "huge_pictures")
    config = root / "huge_pictures" / "unet" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "sample_size": 10**6}))
    return root


@pytest.fixture(scope="module")
def server(models):
    server = ThreadingHTTPServer(("127.0.0.1", 0), LoopbackHub)
    server.root, server.asked, server.claims = models.parent, [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(server, tmp_path):
    server.asked.clear()
    return StableDesk(tmp_path / "cache", f"http://127.0.0.1:{server.server_port}")


def fetched(server):
    """The weights that travelled."""
    return {path.split("?")[0].rpartition("/")[2] for path in server.asked if "safetensors" in path}


def test_its_size_is_told_before_anything_large_travels(desk, server, models):
    about = desk.describe("lab/tiny")
    weights = sum(file.stat().st_size for file in (models / "tiny").rglob("*.safetensors"))
    assert weights / 1e6 < about["megabytes"] < weights / 1e6 + 0.1
    assert (about["scheduler"], about["side"], about["filtered"]) == ("EulerDiscreteScheduler", 16, False)
    assert about["licence"] == "apache-2.0" and not fetched(server)


@pytest.mark.parametrize(("name", "suffix"), [("tiny", ""), ("half", ".fp16")])
def test_it_draws_what_the_library_draws(desk, server, models, name, suffix):
    request = Hub(name=f"lab/{name}", prompt="a dog", negative="apple", steps=3, guidance=4.0, seed=5)
    steps = list(desk.draw(request))
    assert all(step.value is None for step in steps[:-1]) and steps[-1].done == steps[-1].total
    assert fetched(server) == {f"diffusion_pytorch_model{suffix}.safetensors", f"model{suffix}.safetensors"}
    drawn = steps[-1].value
    assert drawn.picture.shape == (3, 16, 16) and not drawn.filtered
    source = Service(None).python("text2image_hub", request)[1]
    assert "'lab/" in source
    program = models.parent / f"{name}.py"
    program.write_text(source.replace(f"lab/{name}", str(models / name)))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(models.parent)
        runpy.run_path(str(program), run_name="__main__")
    theirs = np.asarray(Image.open(models.parent / "library.png"), np.int16).transpose(2, 0, 1)
    assert np.abs(theirs - (drawn.picture + 1) * 127.5).max() <= (1 if name == "tiny" else 3)
    assert desk.parameters(f"lab/{name}") > 1000 and desk.parameters("lab/other") == 0


def test_prompt_seed_and_guidance_say_what_is_drawn(desk):
    def drawn(**values):
        *_, last = desk.draw(Hub(name="lab/tiny", **{"prompt": "a dog", "steps": 2, "guidance": 3.0, **values}))
        return last.value.picture

    plain = drawn()
    np.testing.assert_array_equal(plain, drawn())
    for change in ({"prompt": "apple"}, {"seed": 8}, {"guidance": 0.0}, {"negative": "apple"}, {"steps": 3}):
        assert np.abs(plain - drawn(**change)).max() > 1e-4, change


def test_a_model_is_fetched_and_opened_once(desk, server):
    request = Hub(name="lab/tiny", prompt="a dog")
    list(desk.draw(request))
    server.asked.clear()
    list(desk.draw(request))
    assert server.asked == []


def test_who_leaves_stops_the_run(desk):
    steps = desk.draw(Hub(name="lab/tiny", prompt="a dog", steps=100))
    while next(steps).total != 101:  # megabytes
        pass
    steps.close()  # waits for the step under way; a run to the end would go on in the background
    *_, last = desk.draw(Hub(name="lab/tiny", prompt="a dog", steps=1))
    assert last.value.picture.shape == (3, 16, 16)


REFUSED = {
    "digits": ("hub_no_stable", "is a DDPMPipeline. Only a StableDiffusionPipeline is drawn with here"),
    "larger": ("hub_no_stable", "is a StableDiffusionXLPipeline"),
    "own_code": ("hub_no_stable", "Mine"),
    "own_part": ("hub_no_stable", "unet: Mine"),
    "headless": ("hub_no_stable", "-text_encoder"),
    "huge_pictures": ("hub_no_stable", "sample_size: 1000000"),
    "words": ("hub_no_pipeline", "no model_index.json"),
    "pickles": ("hub_no_safetensors", "no weights of its unet"),
    "nothing": ("hub_not_found", "no model called lab/nothing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_models_are_refused_in_a_sentence_before_their_weights_travel(desk, server, name):
    key, words = REFUSED[name]
    for ask in (desk.describe, lambda name: list(desk.draw(Hub(name=name)))):
        with pytest.raises(UserError) as refused:
            ask(f"lab/{name}")
        assert refused.value.key == key and f"lab/{name}" in str(refused.value) and words in str(refused.value)
    assert not fetched(server)


def test_too_large_is_refused_before_anything_large_travels(desk, server):
    with pytest.raises(BadRequestError, match=r"has 0 MB of weights; at most 0 MB"):
        list(desk.hub.bring("lab/tiny", limit=0.001))
    assert not fetched(server)


def test_damaged_weights_are_said(desk):
    with pytest.raises(UnavailableError, match="The weights of lab/cut cannot be read"):
        list(desk.draw(Hub(name="lab/cut")))


@pytest.mark.parametrize("name", ["", "tiny", "../tiny", "lab/..", "http://lab/tiny", "lab/tiny?x"])
def test_a_bad_id_never_leaves_the_machine(desk, server, name):
    with pytest.raises(BadRequestError) as refused:
        desk.describe(name)
    assert refused.value.key == "bad_hub_id" and server.asked == []


def test_a_picture_that_was_blacked_out_is_told(desk, monkeypatch):
    list(desk.opened("lab/tiny", "cpu"))
    made = desk._kept[1]
    monkeypatch.setattr(made, "run_safety_checker", lambda image, device, dtype: (image, [True]))
    *_, last = desk.draw(Hub(name="lab/tiny"))
    assert last.value.filtered and use_case.numbers(Hub(), last.value) == {"side": 16, "filtered": True}


def test_our_own_takes_the_same_way_and_needs_no_network():
    """What the page opens with: our networks as a pipeline that can be saved."""
    service = Service(Store(device="cpu"))
    *_, made = service.run("text2image_hub", {"seed": 3})
    assert made.value.picture.shape == (3, 64, 64) and not made.value.filtered
    seen = look(service.store.load("judge-scenes"), torch.from_numpy(made.value.picture)[None])
    assert [one.name for one in seen[0].objects] == ["apple", "apple"] and seen[0].background == "blue"
    told = use_case.describe(Hub().name)
    assert told["side"] == 64 and 5 < told["megabytes"] < 50
    assert service.facts("text2image_hub", Hub())["parameters"] > 1e6
