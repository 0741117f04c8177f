"""Super-resolution: what the network says untrained, what it is trained on, how it is measured."""

import random
from dataclasses import replace

import pytest
import tiny_scenes
import torch
import torch.nn.functional as F

from aigc_demo.data import scene_samples, scenes
from aigc_demo.evaluation import upscaler as evaluation
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.upscaler import Upscaler, UpscalerConfig, bicubic
from aigc_demo.training import upscaler as training
from aigc_demo.training.upscaler import Recipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_scenes.folder(tmp_path_factory.mktemp("emoji"))


@pytest.fixture(scope="module")
def autoencoder():
    torch.manual_seed(0)
    return KLAutoencoder(KLConfig.tiny()).eval()


def halved(x):
    """Means of 2x2 pixels."""
    return F.avg_pool2d(x, 2)


def test_an_untrained_network_enlarges_bicubically():
    x = torch.rand(2, 3, 12, 20) * 2 - 1
    found = Upscaler(UpscalerConfig.tiny())(x)
    assert found.shape == (2, 3, 24, 40)
    torch.testing.assert_close(found, bicubic(x, 2))


def test_every_pixel_hangs_on_what_is_around_it():
    torch.manual_seed(0)
    model = Upscaler(UpscalerConfig.tiny())
    torch.nn.init.normal_(model.tail.weight)
    x = torch.zeros(1, 3, 16, 16, requires_grad=True)
    model(x)[0, :, 16, 16].sum().backward()
    seen = x.grad[0].abs().sum(0) > 0
    assert seen[8, 8] and seen[3:14, 3:14].any() and not seen[0].any()  # five convolutions see five pixels around


def test_a_layout_is_the_same_at_both_sizes(folder):
    chance = random.Random(0)
    shown = [scenes.draw_picture(scenes.draw_scene(chance), chance) for _ in range(20)]
    small, large = (scenes.to_float(scenes.Renderer(folder, scale).batch(shown)) for scale in (1, 2))
    assert large.shape == (20, 3, 128, 128)
    gaps = (halved(large) - small).abs().mean((1, 2, 3))
    assert gaps.max() < 0.03
    assert (halved(large.roll(1, 0)) - small).abs().mean((1, 2, 3)).min() > 0.05  # another layout is another picture


def test_the_pictures_that_ship_are_the_same_at_both_sizes():
    small, large = scene_samples.read(), scene_samples.read(scene_samples.LARGE)
    assert small.shape == (scene_samples.COUNT, 3, 64, 64) and large.shape == (scene_samples.COUNT, 3, 128, 128)
    assert (halved(torch.from_numpy(large)) - torch.from_numpy(small)).abs().mean((1, 2, 3)).max() < 0.05


def test_pieces_and_their_targets_belong_together(folder, autoencoder):
    recipe = replace(Recipe.tiny(), pool=30, batch=40, rebuilt=0.0)
    pool = training.drawn(folder, recipe, autoencoder)
    x, target = training.pieces(pool, recipe, random.Random(0))
    assert x.shape == (40, 3, 32, 32) and target.shape == (40, 3, 64, 64)
    assert (halved(target) - x).abs().mean((1, 2, 3)).max() < 0.06
    assert (x.std((2, 3)).amax(1) > 0.05).float().mean() > 0.9  # something of an object is in nearly all
    rebuilt, same = training.pieces(pool, replace(recipe, rebuilt=1.0), random.Random(0))
    torch.testing.assert_close(same, target)
    assert (rebuilt - x).abs().mean() > 0.1  # by an autoencoder that has learned nothing


def test_noise_on_the_code_is_as_strong_as_asked(autoencoder):
    x = torch.rand(4, 3, 64, 64) * 2 - 1
    found = [
        training.rebuild(autoencoder, x, noise, torch.Generator().manual_seed(0)) - autoencoder(x)[1].clamp(-1, 1)
        for noise in (0.0, 0.1, 1.0)
    ]
    none, little, much = (float(part.abs().mean()) for part in found)
    assert none < 1e-5 < little < much


def test_it_is_measured_beside_bicubic_interpolation(folder, autoencoder):
    renderers = [scenes.Renderer(folder, scale) for scale in (1, 2)]
    model = Upscaler(UpscalerConfig.tiny()).eval()
    found = evaluation.evaluate(model, autoencoder, *renderers, count=20)
    names = {f"{name}{suffix}" for name in ("psnr_db", "psnr_db_bicubic") for suffix in ("", "_rebuilt", "_edges")}
    assert set(found) == names
    for suffix in ("", "_rebuilt", "_edges"):
        assert found[f"psnr_db{suffix}"] == pytest.approx(found[f"psnr_db_bicubic{suffix}"])
    assert found["psnr_db"] > found["psnr_db_edges"] and found["psnr_db"] > found["psnr_db_rebuilt"]
    torch.nn.init.constant_(model.tail.bias, 0.5)
    assert evaluation.evaluate(model, autoencoder, *renderers, count=20)["psnr_db"] < found["psnr_db"] - 3
