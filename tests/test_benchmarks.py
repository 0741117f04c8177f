"""The benchmarks measure what they say: alternating runs, medians, and two sides that draw the same pictures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_text2image
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.dalle import DALLE, DALLEConfig
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.gan import GAN, GANConfig, init_weights
from aigc_demo.models.vae import VAE, VAEConfig
from aigc_demo.pipelines.engine import NEEDED, Engines
from aigc_demo.services.gan.requests import Points
from aigc_demo.services.text2image.drawing import Models
from benchmarks import (
    autoencoder,
    bare_page,
    dalle_tokens,
    diffusion_sampling,
    gan_drawing,
    gan_points,
    onnx,
    text2image_sampling,
)
from benchmarks.measure import alternate, compare

ROOT = Path(__file__).resolve().parent.parent


def test_sides_take_turns_and_the_ratio_is_peer_by_ours():
    order = []
    seconds = {"ours": iter([1.0, 2.0, 4.0]), "peer": iter([3.0, 4.0, 6.0])}

    def side(name):
        order.append(name)
        return {"seconds": next(seconds[name])}

    runs = alternate({name: lambda name=name: side(name) for name in seconds}, 3)
    assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]
    result = compare("some", "s", 1.5, runs, "seconds").to_plain()
    assert (result["ours"], result["peer"], result["ratio"], result["limit"]) == (2.0, 4.0, 2.0, 1.5)
    assert list(result) == ["name", "unit", "ours", "peer", "ratio", "limit", "runs"] and len(result["runs"]) == 3
    assert json.loads(json.dumps(result)) == result


def test_both_sides_draw_the_same_pictures():
    torch.manual_seed(0)
    model = DiffusionModel(DiffusionConfig.tiny()).eval()
    peer = diffusion_sampling.pipeline(model)
    result = diffusion_sampling.batch("some", 1.5, 2, model, peer, rounds=1).to_plain()
    assert result["more"][0]["largest_difference"] < 1e-4 and result["more"][0]["format"] == "float32"
    assert isinstance(diffusion_sampling.has_bf16_units(), bool)


def test_plain_layers_rebuild_the_same_digits():
    torch.manual_seed(0)
    model, x = VAE(VAEConfig(latent=3, hidden=(16, 8))).eval(), torch.rand(5, 1, 28, 28)
    torch.testing.assert_close(autoencoder.plain(model)(x).view_as(x), model.paint(model.encode(x).mean))


def test_plain_layers_draw_the_same_digits():
    model = GAN(GANConfig(noise=5, width=3)).eval()
    init_weights(model, torch.Generator().manual_seed(0))
    z = torch.randn(4, 5)
    torch.testing.assert_close(gan_drawing.plain(model)(z), model.generator(z))


def test_the_plain_training_on_points_takes_the_same_turns(monkeypatch):
    peer, ours = gan_points.Plain(Points()), gan_points.Training(Points())
    peer.generator.load_state_dict(ours.generator.layers.state_dict())
    peer.critic.load_state_dict(ours.critic.layers.state_dict())
    places = torch.rand(50, 2)
    before = ours.critic(places), ours.generator(places)
    for _ in range(3):
        ours.advance()
        peer.advance()
    for was, mine, theirs in zip(before, (ours.critic, ours.generator), (peer.critic, peer.generator), strict=True):
        now, other = mine(places), theirs(places).view_as(was)
        assert ((now - other).std() < 0.02 * (now - was).std()).all(), "all that is left is rounding"
    monkeypatch.setattr(gan_points, "TURNS", 3)
    result = gan_points.run(rounds=1).to_plain()
    assert result["ours"] > 0 < result["peer"] and result["limit"] == 400


def test_both_sides_draw_the_same_sentence():
    models = Models(tiny_text2image.Store())
    ours, theirs = text2image_sampling.ours(models), text2image_sampling.Library(models).draw()
    torch.testing.assert_close(torch.from_numpy(ours), torch.from_numpy(theirs).float(), atol=1e-4, rtol=1e-4)


def test_both_sides_write_the_same_tokens():
    torch.manual_seed(0)
    model = DALLE(DALLEConfig.tiny()).eval()
    result = dalle_tokens.compared(model, rounds=1).to_plain()
    assert result["more"][0]["same_tokens"] and result["limit"] == 2


def test_the_bare_page_has_as_many_components():
    page = bare_page.build({"slider": 3, "button": 2, "tabs": 1, "tabitem": 2, "unheard-of": 1})
    assert len(page.config["components"]) >= 9


def test_an_unknown_name_is_refused_with_the_list():
    run = subprocess.run([sys.executable, "-m", "benchmarks", "speed"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 2 and "diffusion_sampling" in run.stderr


def test_onnx_runtime_is_measured_beside_pytorch_on_the_same_inputs(tmp_path, monkeypatch):
    for name in NEEDED:
        pytest.importorskip(name, reason=f"the optional package {name} is not installed")
    monkeypatch.delenv("AIGC_ENGINE")
    (task,) = (task for task in onnx.TASKS if task.name == "onnx_vae_decode")
    result = onnx.measure(task, Store(device="cpu"), Engines(tmp_path), rounds=2).to_plain()
    facts = result["more"][0]
    assert facts["largest_difference"]["peer"] <= 1e-4 and facts["batch"] == 64
    assert set(facts["settings"]) == {"ours", "peer"} and result["ours"] > 0 and len(result["runs"]) == 2


def test_without_onnx_runtime_its_benchmark_says_how_to_get_it():
    with pytest.raises(SystemExit, match=r"requirements-onnx\.txt"):
        onnx.run()
