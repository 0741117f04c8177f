"""The autoencoders, their losses and their recipe."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from aigc_demo.models.vae import VAE, Posterior, VAEConfig, bound, log_normal
from aigc_demo.training import vae as training

CONVOLUTIONS = VAEConfig((1, 16, 16), latent=3, hidden=(8,), maps=(4, 6), strides=(4, 2))


def digits(count, seed=0):
    """Random pictures in [0, 1] and labels."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, 1, 28, 28, generator=generator), torch.arange(count) % 10


def test_kl_is_zero_at_the_prior_and_known_elsewhere():
    zeros = torch.zeros(5, 3)
    assert Posterior(zeros, zeros).kl().abs().max() == 0
    moved = Posterior(zeros + 2, zeros)  # KL(N(m, 1) | N(0, 1)) = m^2 / 2
    torch.testing.assert_close(moved.kl(), torch.full((5, 3), 2.0))


def test_kl_is_what_sampling_finds():
    torch.manual_seed(0)
    posterior = Posterior(torch.tensor([[0.7, -1.2]]), torch.tensor([[-1.0, 0.4]]))
    z = posterior.sample(torch.randn(200_000, 1, 2))
    zeros = torch.zeros_like(z)
    sampled = (posterior.log_density(z) - log_normal(z, zeros, zeros)).mean()
    assert sampled == pytest.approx(float(posterior.kl().sum()), abs=0.02)


def test_gradients_pass_through_the_sample():
    mean, log_variance = torch.zeros(4, 2, requires_grad=True), torch.zeros(4, 2, requires_grad=True)
    noise = torch.randn(4, 2)
    Posterior(mean, log_variance).sample(noise).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(4, 2))
    torch.testing.assert_close(log_variance.grad, 0.5 * noise)  # d exp(v / 2) noise / dv at v = 0


def test_the_code_of_an_autoencoder_has_no_spread():
    model, (x, _) = VAE(replace(VAEConfig.tiny(), variational=False)), digits(3)
    posterior = model.encode(x)
    assert posterior.deviation.abs().max() == 0
    assert torch.equal(posterior.sample(torch.randn(3, 2)), posterior.mean)


@pytest.mark.parametrize("config", [VAEConfig.tiny(), CONVOLUTIONS, replace(VAEConfig.tiny(), classes=10)])
def test_pictures_come_back_in_their_shape(config):
    model, label = VAE(config).eval(), torch.tensor([1, 2])
    x, known = torch.rand(2, *config.picture), label if config.classes else None
    posterior, logits = model(x, torch.randn(2, config.latent), known)
    assert posterior.mean.shape == (2, config.latent)
    assert logits.shape == x.shape
    several = model.paint(torch.randn(5, 2, config.latent), known)
    assert several.shape == (5, *x.shape)
    assert several.min() >= 0
    assert several.max() <= 1


def test_the_class_reaches_both_halves():
    torch.manual_seed(0)
    model, (x, _) = VAE(replace(VAEConfig.tiny(), classes=10)), digits(2)
    one, two = torch.tensor([1, 1]), torch.tensor([2, 2])
    assert not torch.equal(model.encode(x, one).mean, model.encode(x, two).mean)
    z = torch.randn(2, 2)
    assert not torch.equal(model.decode(z, one), model.decode(z, two))
    with pytest.raises(ValueError, match="class"):
        model.encode(x)


def test_it_is_the_network_of_plain_layers():
    torch.manual_seed(0)
    config = VAEConfig(latent=4, hidden=(16, 8))
    model, (x, _) = VAE(config), digits(3)
    encoder = nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 4))
    decoder = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 784), nn.Sigmoid())
    for layer, twin in ((model.encoder[0], encoder[0]), (model.encoder[2], encoder[2]), (model.mean, encoder[4])):
        twin.load_state_dict(layer.state_dict())
    for place in (0, 2, 4):
        decoder[place].load_state_dict(model.decoder[place].state_dict())
    mean = encoder(x.flatten(1))
    torch.testing.assert_close(model.encode(x).mean, mean)
    torch.testing.assert_close(model.paint(mean).flatten(1), decoder(mean))


def test_likelihoods_are_those_of_torch():
    (x, _), logits = digits(3), torch.randn(3, 1, 28, 28)
    bernoulli = VAE(VAEConfig.tiny()).log_likelihood(x, logits)
    by_torch = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
    torch.testing.assert_close(bernoulli, -by_torch)
    gaussian = VAE(replace(VAEConfig.tiny(), likelihood="gaussian", deviation=0.3)).log_likelihood(x, logits)
    torch.testing.assert_close(
        gaussian, torch.distributions.Normal(logits.sigmoid(), 0.3).log_prob(x).flatten(1).sum(1)
    )


def test_more_codes_make_a_tighter_bound():
    torch.manual_seed(0)
    model, (x, _) = VAE(VAEConfig.tiny()), digits(4)
    weights = model.log_weights(x, torch.randn(512, 4, 2)).detach()
    one = weights.mean()
    several = torch.stack([bound(part) for part in weights.split(8)]).mean()
    many = bound(weights).mean()
    assert one < several < many


def test_the_bound_is_exact_where_the_posterior_is():
    """A decoder that ignores z and an encoder that gives the prior: every weight is p(x)."""
    model, (x, _) = VAE(VAEConfig.tiny()), digits(3)
    with torch.no_grad():
        for layer in (model.mean, model.log_variance, model.decoder[0]):
            layer.weight.zero_()
            layer.bias.zero_()
    weights = model.log_weights(x, torch.randn(16, 3, 2))
    torch.testing.assert_close(weights, weights[:1].expand(16, 3), atol=1e-3, rtol=0)
    torch.testing.assert_close(bound(weights), weights[0], atol=1e-3, rtol=0)


def test_beta_weighs_the_kl_term():
    (x, label), noise = digits(4), torch.randn(1, 4, 2)
    torch.manual_seed(0)
    light = VAE(VAEConfig.tiny())
    heavy = VAE(replace(VAEConfig.tiny(), beta=4.0))
    heavy.load_state_dict(light.state_dict())
    a, b = training.terms(light, x, label, noise), training.terms(heavy, x, label, noise)
    assert a["kl"] == b["kl"] > 0
    torch.testing.assert_close(b["loss"] - a["loss"], 3 * a["kl"], atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    "config",
    [
        VAEConfig(latent=4, hidden=(64,)),
        VAEConfig(latent=4, hidden=(64,), variational=False, likelihood="gaussian"),
        VAEConfig(latent=4, hidden=(64,), classes=10),
        VAEConfig(latent=4, hidden=(64,), codes=5),
    ],
)
def test_learns_one_batch(config):
    torch.manual_seed(0)
    model, (x, label) = VAE(config), digits(8)
    x = (x > 0.5).float()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(60):
        loss = training.terms(model, x, label, torch.randn(config.codes, 8, 4))["loss"]
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_standardising_moves_the_code_and_not_the_picture():
    torch.manual_seed(0)
    model, (x, _) = VAE(replace(VAEConfig.tiny(), variational=False)).eval(), digits(400)
    before = model.paint(model.encode(x).mean)
    training.standardise(model, x)
    codes = model.encode(x).mean
    torch.testing.assert_close(codes.mean(0), torch.zeros(2), atol=1e-4, rtol=0)
    torch.testing.assert_close(codes.std(0), torch.ones(2), atol=1e-4, rtol=0)
    torch.testing.assert_close(model.paint(codes), before, atol=1e-5, rtol=0)


def test_binarised_digits_are_black_and_white_and_new_every_time():
    recipe = replace(training.Recipe.tiny(), data="binarised", batch=20)
    images, labels = digits(20)
    first, second = itertools.islice(training.digit_batches(recipe, images, labels, 0), 2)
    assert set(first[0].unique().tolist()) == {0.0, 1.0}
    one, two = first[0][first[1].argsort(stable=True)], second[0][second[1].argsort(stable=True)]
    assert not torch.equal(one, two)
    assert first[0].mean() == pytest.approx(float(images.mean()), abs=0.02)


def test_a_heavier_kl_term_falls_to_the_models_own():
    recipe = replace(training.Recipe.tiny(), first_beta=10.0)
    assert [training.weight(recipe, share) for share in (0, 1 / 6, 1 / 3, 1)] == pytest.approx([10, 5.5, 1, 1])
    assert training.weight(training.Recipe.tiny(), 0) == 1


def test_every_checkpoint_of_the_catalogue_has_its_recipe():
    from aigc_demo.checkpoints import catalogue

    listed = {c.id for c in catalogue.shipped().checkpoints if c.model == "aigc_demo.models.vae:VAE"}
    assert listed == set(training.RECIPES)
    assert all(math.isfinite(recipe.model.beta) for recipe in training.RECIPES.values())
