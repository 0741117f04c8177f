"""The colour autoencoder: shapes, noise, its training's small parts, what is measured, and the shipped file."""

from pathlib import Path

import numpy as np
import pytest
import torch

from aigc_demo.checkpoints import files
from aigc_demo.data import emoji
from aigc_demo.evaluation import colour
from aigc_demo.models.kl import NARROWEST, WIDEST, KLAutoencoder, KLConfig
from aigc_demo.models.vae import Posterior
from aigc_demo.training import kl as training

ASSETS = Path(__file__).resolve().parent.parent / "assets"
SHIPPED = ASSETS / "checkpoints" / "kl-emoji.safetensors"


@pytest.fixture
def model():
    torch.manual_seed(0)
    return KLAutoencoder(KLConfig.tiny())


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("size", [(16, 16), (8, 24)])
@pytest.mark.parametrize("widths", [(8,), (8, 16), (8, 8, 16)])
def test_a_code_is_smaller_by_the_levels_and_comes_back_as_large_as_it_was(size, widths):
    config = KLConfig(widths=widths, groups=4, latent=3)
    model = KLAutoencoder(config)
    posterior, rebuilt = model(torch.zeros(2, 3, *size))
    expected = (2, 3, *(side // config.shrink for side in size))
    assert posterior.mean.shape == posterior.log_variance.shape == expected
    assert rebuilt.shape == (2, 3, *size)
    assert config.code == (3, 64 // config.shrink, 64 // config.shrink)


def test_without_noise_the_mean_is_decoded(model):
    x = torch.randn(2, 3, 16, 16)
    posterior, rebuilt = model(x)
    assert torch.equal(rebuilt, model.decode(posterior.mean))
    noise = torch.randn_like(posterior.mean)
    _, noisy = model(x, noise)
    assert torch.equal(noisy, model.decode(posterior.mean + posterior.deviation * noise))
    assert not torch.allclose(noisy, rebuilt)


def test_gradients_reach_mean_and_spread_through_the_sample(model):
    x = torch.randn(2, 3, 16, 16)
    _, rebuilt = model(x, torch.randn(2, 4, 8, 8))
    (rebuilt - x).square().mean().backward()
    mean, log_variance = model.moments.weight.grad.chunk(2)
    assert mean.abs().min() > 0 and log_variance.abs().min() > 0
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_the_spread_stays_within_bounds(model):
    for bias, bound in ((-1e6, NARROWEST), (1e6, WIDEST)):
        model.moments.bias.data.fill_(bias)
        posterior = model.encode(torch.zeros(1, 3, 16, 16))
        assert (posterior.log_variance == bound).all() and posterior.kl().isfinite().all()


def test_the_loss_is_the_sum_of_its_parts(model):
    x, noise = torch.randn(2, 3, 16, 16), torch.randn(2, 4, 8, 8)
    found = training.terms(model, x, noise, kl_weight=0.5)
    posterior, rebuilt = model(x, noise)
    torch.testing.assert_close(found["absolute"], (rebuilt - x).abs().mean())
    torch.testing.assert_close(found["squared"], (rebuilt - x).square().mean())
    torch.testing.assert_close(found["kl"], posterior.kl().mean())
    torch.testing.assert_close(found["loss"], found["absolute"] + found["squared"] + 0.5 * found["kl"])


def test_a_few_steps_make_the_error_smaller(model):
    flat = torch.randint(0, 256, (4, 4, 1, 1), generator=generator()).expand(4, 4, 16, 16)
    x = emoji.on_background(flat, torch.ones(3))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        loss = training.terms(model, x, torch.zeros(4, 4, 8, 8), 1e-4)["loss"]
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


def test_training_pictures_are_on_white_or_on_any_colour_and_mirrored_half_of_the_time():
    rgba = torch.zeros(400, 4, 2, 2, dtype=torch.uint8)
    rgba[:, 3, :, 1] = 255  # the right half is black, the left is clear
    x = training.drawn(rgba, 0.25, generator())
    mirrored = (x[:, :, 0, 0] == -1).all(1)
    paper = torch.where(mirrored[:, None], x[:, :, 0, 1], x[:, :, 0, 0])
    assert 0.4 < mirrored.float().mean() < 0.6
    assert 0.18 < (paper == 1).all(1).float().mean() < 0.32
    assert paper.std(0).min() > 0.4
    assert (training.drawn(rgba[:9], 1.0, generator()).amax((1, 2, 3)) == 1).all()


def test_pieces_come_from_everywhere_in_a_picture():
    rgba = torch.arange(36, dtype=torch.uint8).view(1, 1, 6, 6).expand(2, 4, 6, 6)
    draws, rng = set(), generator()
    for _ in range(200):
        piece = training.piece_of(rgba, 3, rng)
        first = int(piece[0, 0, 0, 0])
        assert torch.equal(piece, rgba[:, :, first // 6 : first // 6 + 3, first % 6 : first % 6 + 3])
        draws.add(first)
    assert draws == {6 * top + left for top in range(4) for left in range(4)}


def test_the_scale_gives_codes_a_deviation_of_one(model):
    x = torch.randn(60, 3, 16, 16)
    scale = training.scale_of(model, x, generator())
    with torch.inference_mode():
        posterior = model.encode(x)
    codes = posterior.sample(torch.randn(posterior.mean.shape, generator=generator()))
    assert float((codes * scale).std()) == pytest.approx(1, abs=0.02)


class Half(KLAutoencoder):
    """Gives every picture back at half its contrast, with a code of known KL divergence."""

    def forward(self, x, noise=None):
        mean = torch.full((len(x), *self.config.code), 2.0)
        return Posterior(mean, torch.zeros_like(mean)), x / 2


@pytest.fixture
def folder(tmp_path):
    """Forty emoji, one half of each picture black and the other clear."""
    names = [f"1f4{i:02x}" for i in range(40)]
    (tmp_path / "names.txt").write_text("\n".join(names))
    pixels = np.zeros((40, 64, 64, 4), np.uint8)
    pixels[:, :, :32, 3] = 255
    for vendor in emoji.VENDORS:
        np.save(tmp_path / f"{vendor}.npy", pixels)
    return tmp_path


def test_the_metrics_are_those_of_the_shades(folder):
    count = 2 * len(emoji.names(folder, "test"))
    assert colour.held_out(folder, 10_000).shape == (count, 3, 64, 64)
    assert len(colour.held_out(folder, 3)) == 3
    found = colour.evaluate(Half(KLConfig.tiny()), folder, 10_000)
    assert found["mean_absolute_error"] == pytest.approx(0.25)
    assert found["psnr_db"] == pytest.approx(-10 * np.log10(0.25**2), abs=1e-3)
    assert found["kl_nats"] == pytest.approx(4 * 32 * 32 * 2)
    assert 0 < found["mean_absolute_error_pooled"] < 0.02  # one soft edge


def test_made_small_and_large_again_what_is_finer_than_a_square_is_lost():
    flat = torch.full((1, 3, 16, 16), 0.4)
    checks = (torch.arange(16)[:, None] + torch.arange(16)).remainder(2).mul(2).sub(1).expand(1, 3, 16, 16).float()
    assert torch.allclose(colour.pooled(flat), flat) and colour.pooled(checks).abs().max() < 1e-6


def test_held_out_pictures_are_of_both_vendors(folder):
    pixels = np.load(folder / "google.npy")
    pixels[..., 3] = 255
    np.save(folder / "google.npy", pixels)
    assert colour.held_out(folder, 4).flatten(1).mean(1).tolist() == [0, 0, -1, -1]


def test_the_shipped_model_rebuilds_emoji_it_has_never_seen():
    model = files.read(SHIPPED, KLAutoencoder, KLConfig)
    samples = torch.from_numpy(emoji.read_samples(ASSETS / "examples" / "emoji-samples.png"))
    x = samples.permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.inference_mode():
        posterior, rebuilt = model(x)
    error, simple = ((picture.clamp(-1, 1) - x).abs().mean() / 2 for picture in (rebuilt, colour.pooled(x)))
    assert error < 0.8 * simple
    assert 0.8 < float((posterior.mean * model.config.scale).std()) < 1.25
    assert sum(parameter.numel() for parameter in model.parameters()) < 1_200_000
    assert SHIPPED.stat().st_size < 10_000_000
