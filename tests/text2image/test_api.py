"""Super-resolution and Stable Diffusion of the hub as programs see them, over HTTP."""

import threading
from http.server import ThreadingHTTPServer

import pytest
from api import STABLE, small
from test_hub import LoopbackHub
from tiny_stable import pipeline


@pytest.fixture(scope="module")
def hub(hub_port, tmp_path_factory):
    """A hub on the port that the app was told of, with a tiny Stable Diffusion."""
    root = tmp_path_factory.mktemp("hub")
    pipeline(tmp_path_factory.mktemp("words")).save_pretrained(root / STABLE)
    server = ThreadingHTTPServer(("127.0.0.1", hub_port), LoopbackHub)
    server.root, server.asked, server.claims = root, [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_picture_is_enlarged_and_held_against_its_truth(program):
    file, told = program.predict(api_name="/text2image_upscale", **small("text2image_upscale"))
    assert file["url"].endswith(".png") and told["card"]["use_case"] == "text2image_upscale"
    assert told["psnr"] > told["psnr_bicubic"] + 2 and told["parameters"] > 1e5


def test_an_own_picture_must_be_there(api):
    assert "There is no picture yet" in str(api.bad("text2image_upscale", origin="own"))


def test_a_stable_diffusion_of_the_hub_is_drawn_with(program, hub):
    file, told = program.predict(api_name="/text2image_hub", **small("text2image_hub"))
    assert file["url"].endswith(".png") and told["card"]["use_case"] == "text2image_hub"
    assert (told["side"], told["filtered"]) == (16, False) and told["parameters"] > 1000


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "A hub id looks like owner/name"), ("zh", "Hub 模型名要写成 作者/模型名")],
)
def test_a_bad_id_is_one_sentence(api, lang, sentence):
    api.lang = lang
    assert sentence in str(api.bad("text2image_hub", name="../x"))
