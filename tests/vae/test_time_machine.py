"""The time machine of the autoencoders: codes, maps, and what they cost."""

import base64
import json
import math

import numpy as np
import pytest
import torch

from aigc_demo.checkpoints import files
from aigc_demo.models.vae import VAE, VAEConfig
from aigc_demo.training.time_machine import vae as snapshots


def test_the_map_covers_the_plane_from_the_top_left():
    z = snapshots.grid()
    assert z.shape == (100, 2)
    assert z[0].tolist() == pytest.approx([-3.6, 3.6]) and z[-1].tolist() == pytest.approx([3.6, -3.6])
    assert z[1].tolist() == pytest.approx([-2.8, 3.6]), "the first number runs across"


def test_a_cell_of_the_map_is_what_its_code_decodes_to():
    model = VAE(VAEConfig.tiny())
    with torch.no_grad():
        drawn = snapshots.chart(model)
        expected = model.paint(torch.tensor([[-2.8, 2.8]]))[0, 0]
    assert drawn.shape == (280, 280)
    cell = drawn[28:56, 28:56].float() / 255
    assert (cell - expected).abs().max() <= 1 / 30 + 1e-6


def test_codes_come_back_from_their_text():
    mean = torch.tensor([[0.5, -3.25], [12.0, -12.0]])
    kept = np.frombuffer(base64.b64decode(snapshots.codes(mean)), "<i2").reshape(2, 2) / 4096
    assert kept[0].tolist() == [0.5, -3.25]
    assert abs(kept[1]).max() < 8, "what lies outside stays at the edge"


def test_guessing_the_mean_costs_one_bit_a_pixel_for_coins():
    seen = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1).expand(2, 1, 2, 2)
    assert snapshots.guess_nats(seen, seen) == pytest.approx(4 * math.log(2), abs=0.01)


def test_a_run_becomes_one_picture_and_its_figures(tmp_path):
    run, shipped = tmp_path / "run", tmp_path / "shipped.safetensors"
    for path in (run / "snapshot-00000000.safetensors", run / "snapshot-00000128.safetensors", shipped):
        files.save(VAE(VAEConfig.tiny()), path)
    (run / "log.jsonl").write_text(json.dumps({"pictures": 256, "minutes": 2.0, "loss": 9.0}))
    x, labels = torch.rand(30, 1, 28, 28), torch.arange(30) % 10
    picture, facts = snapshots.render(run, shipped, x, labels)
    assert picture.size == (280, 3 * 280)
    assert [one["pictures"] for one in facts["snapshots"]] == [0, 128, 256]
    assert [one["minutes"] for one in facts["snapshots"]] == [0, 1, 2]
    assert list(base64.b64decode(facts["labels"])) == labels.tolist()
    model = files.read(shipped, VAE, VAEConfig)
    with torch.no_grad():
        mean = model.encode(x).mean
    kept = np.frombuffer(base64.b64decode(facts["snapshots"][-1]["points"]), "<i2").reshape(-1, 2) / 4096
    assert np.abs(kept - mean.numpy()).max() < 1e-3
    assert facts["snapshots"][-1]["kl_nats"] == pytest.approx(float(model.encode(x).kl().sum(1).mean()), abs=1e-3)
