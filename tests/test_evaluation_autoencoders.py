"""Metrics of autoencoders are held against cases whose answer is known."""

import json
from dataclasses import replace

import pytest
import torch
from test_evaluation import folder  # noqa: F401 - a fixture

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.evaluation import autoencoders, disentanglement
from aigc_demo.evaluation.measurement import Settings, Task
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.models.vae import VAE, VAEConfig

SMALL = Settings(samples=30, likelihoods=12)


def silent(config):
    """A model whose code says nothing: the posterior is the prior, and every pixel is a coin."""
    model = VAE(config).eval().requires_grad_(False)
    last = [layer for layer in model.decoder if isinstance(layer, torch.nn.Linear)][-1]
    for layer in (model.mean, model.log_variance, last):
        layer.weight.zero_()
        layer.bias.zero_()
    return model


def test_a_coin_costs_one_bit_per_pixel():
    x = (torch.rand(5, 1, 28, 28) > 0.5).float()
    found = autoencoders.likelihood(silent(VAEConfig.tiny()), x, codes=7)
    bits = 784 * torch.tensor(2.0).log().item()
    assert found["nll_nats"] == pytest.approx(bits, rel=1e-5)
    assert found["negative_elbo_nats"] == pytest.approx(bits, rel=1e-5)


def test_the_likelihood_is_the_same_in_any_portions(monkeypatch):
    torch.manual_seed(0)
    model = VAE(VAEConfig.tiny()).eval()
    x = (torch.rand(6, 1, 28, 28) > 0.5).float()
    whole = autoencoders.likelihood(model, x, codes=400)
    monkeypatch.setattr(autoencoders, "CHUNK", 150)
    assert autoencoders.likelihood(model, x, codes=400)["nll_nats"] == pytest.approx(whole["nll_nats"], abs=0.05)
    assert whole["nll_nats"] < whole["negative_elbo_nats"]


def test_a_silent_code_is_dead_in_every_dimension():
    x = torch.rand(20, 1, 28, 28)
    metrics, kl = autoencoders.rebuilding(silent(VAEConfig.tiny()), x, torch.zeros(20, dtype=torch.long))
    assert metrics["dead_dimensions"] == 2
    assert metrics["kl_nats"] == pytest.approx(0, abs=1e-6)
    assert kl == pytest.approx([0, 0], abs=1e-6)
    assert metrics["squared_error"] == pytest.approx(float((x - 0.5).square().mean()), rel=1e-4)


def test_an_autoencoder_has_no_nats():
    model = VAE(replace(VAEConfig.tiny(), variational=False))
    metrics, kl = autoencoders.rebuilding(model, torch.rand(3, 1, 28, 28), torch.arange(3))
    assert set(metrics) == {"squared_error"}
    assert kl == []


@pytest.mark.parametrize("classes", [0, 10])
def test_grey_digits(folder, classes):  # noqa: F811
    model = VAE(replace(VAEConfig.tiny(), classes=classes)).eval()
    metrics, samples = autoencoders.evaluate_digits(model, Judge(JudgeConfig.tiny()).eval(), folder, SMALL)
    assert samples == 40
    assert ("class_accuracy" in metrics) == bool(classes)
    assert {"squared_error", "reconstruction_nats", "kl_nats", "frechet", "frechet_floor"} < set(metrics)


def test_binarised_digits_on_as_many_as_are_asked_for(folder, monkeypatch):  # noqa: F811
    monkeypatch.setattr(autoencoders, "CODES", 20)
    metrics, samples = autoencoders.evaluate_binarised(VAE(VAEConfig.tiny()).eval(), folder, SMALL)
    assert samples == 12
    assert set(metrics) == {"nll_nats", "negative_elbo_nats"}


def test_shapes_are_scored_and_kept_for_the_page(tmp_path, monkeypatch):
    quick = disentanglement.Settings(samples=300, votes=10, voters=4)
    monkeypatch.setattr(disentanglement, "Settings", lambda: quick)
    monkeypatch.setattr(autoencoders, "SHAPES", autoencoders.BATCH)
    model = VAE(VAEConfig((1, 64, 64), latent=3, hidden=(8,), maps=(4, 4), strides=(4, 4))).eval()
    for seed in (1, 0, 1):
        entry = catalogue.checkpoint(f"vae-shapes-beta4-seed{seed}")
        found = autoencoders.measure_shapes(model, Task(entry, Store(tmp_path), SMALL))
        assert {"mig", "sap", "factor_score", "kl_nats", "reconstruction_nats"} < set(found.metrics)
        found.keep(tmp_path)
    table = json.loads((tmp_path / autoencoders.TABLE).read_text())
    assert [(run["beta"], run["seed"]) for run in table["runs"]] == [(4.0, 0), (4.0, 1)]
    information = torch.tensor(table["runs"][0]["information"])
    assert information.shape == (3, len(table["factors"]))
    assert information.min() >= 0
