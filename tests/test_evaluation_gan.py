"""Metrics of picture GANs are held against cases whose answer is known."""

import json
from dataclasses import replace

import pytest
import torch
from test_evaluation import folder  # noqa: F401 - a fixture

from aigc_demo.data import emoji
from aigc_demo.evaluation import gan
from aigc_demo.evaluation.measurement import Settings
from aigc_demo.models.gan import GAN, GANConfig
from aigc_demo.models.judge import Judge, JudgeConfig

SMALL = Settings(generated=30, judged=12)


def clouds(*middles):
    """A hundred points around each of the middles, far from the others."""
    return torch.cat([torch.randn(100, 1) + 50 * middle for middle in middles])


def test_the_third_neighbour_is_not_counted_with_itself():
    line = torch.tensor([[0.0], [1.0], [3.0], [7.0], [100.0]])
    assert gan.radii(line, k=1).tolist() == [1, 1, 2, 4, 93]
    assert gan.radii(line).tolist() == [7, 6, 4, 7, 99]


def test_recall_sees_a_missing_cloud_and_precision_does_not():
    real, made = clouds(0, 1, 2, 3), clouds(0, 1, 2)
    assert gan.covered(real, made) == pytest.approx(0.75, abs=0.04)
    assert gan.covered(made, real) > 0.9


def test_precision_sees_an_invented_cloud_and_recall_does_not():
    real, made = clouds(0, 1), clouds(0, 1, 9, 8)
    assert gan.covered(real, made) > 0.9
    assert gan.covered(made, real) == pytest.approx(0.5, abs=0.04)


def test_covered_is_the_same_in_any_portions(monkeypatch):
    real, made = torch.randn(90, 3), torch.randn(70, 3) + 1
    whole = gan.covered(real, made)
    monkeypatch.setattr(gan, "CHUNK", 8)
    assert 0 < gan.covered(real, made) == whole < 1


def test_a_picture_depends_on_its_seed_and_class_only(monkeypatch):
    model = GAN(GANConfig.tiny()).eval()
    label = torch.arange(6) % 3
    together = gan.draw(model, range(6), label)
    monkeypatch.setattr(gan, "BATCH", 4)
    torch.testing.assert_close(gan.draw(model, range(6), label), together)
    torch.testing.assert_close(gan.draw(model, range(2, 6), label[2:]), together[2:])
    assert not torch.equal(gan.draw(model, range(6), label + 1), together)


def test_digits_are_all_counted(folder):  # noqa: F811
    judge, model = Judge(JudgeConfig.tiny()).eval(), GAN(GANConfig.tiny()).eval()
    metrics, samples, counts = gan.evaluate_digits(model, judge, folder, SMALL)
    assert samples == 30 == sum(counts) and len(counts) == 10
    assert metrics["class_share_min"] == min(counts) / 30
    assert 0 <= metrics["class_accuracy"] <= 1 and metrics["frechet"] > 0
    assert "class_accuracy" not in gan.evaluate_digits(unconditional(), judge, folder, SMALL)[0]


def unconditional():
    """A model of which no class can be asked."""
    return GAN(replace(GANConfig.tiny(), classes=0)).eval()


def test_a_model_that_copies_reaches_the_floor_and_is_found_out(folder, monkeypatch):  # noqa: F811
    from aigc_demo.data import digits

    images, _ = digits.load(folder, "train")
    picked = torch.randperm(60, generator=torch.Generator().manual_seed(0))[:30]
    monkeypatch.setattr(gan, "draw", lambda *_: images[picked].float() / 127.5 - 1)
    metrics = gan.evaluate_digits(unconditional(), Judge(JudgeConfig.tiny()).eval(), folder, SMALL)[0]
    assert metrics["frechet"] == pytest.approx(metrics["frechet_floor"], rel=1e-3)
    assert metrics["recall"] == metrics["recall_of_train"]
    assert metrics["nearest_train"] < 1e-2 < metrics["nearest_train_of_test"]


def test_halves_of_one_cloud_are_as_far_apart_as_the_floor_says():
    random = torch.Generator().manual_seed(3)
    real, made = torch.randn(2, 200, 3), torch.randn(400, 3)
    near, floor = gan.halved(real, made, random)
    assert 0 < floor < 0.2 and near < 0.2
    far, same = gan.halved(real, made + 2, random)
    assert far == pytest.approx(12, abs=2) and same < 0.2


def test_a_portrait_is_in_the_same_half_as_its_mirror_image(monkeypatch):
    seen = []
    monkeypatch.setattr(gan, "frechet", lambda one, other: seen.append((one, other)) or 0.0)
    place = torch.arange(10.0).view(1, 10, 1).expand(2, 10, 1)
    gan.halved(place, torch.zeros(20, 1), torch.Generator())
    (made, kept), (other, again) = seen
    assert len(made) == len(kept) == len(other) == 10 and torch.equal(kept, again)
    assert not set(kept[:, 0].tolist()) & set(other[:, 0].tolist())


def test_emoji_are_measured_without_classes(monkeypatch, tmp_path):
    monkeypatch.setattr(emoji, "portraits", lambda _, split: torch.rand(20 if split == "train" else 6, 3, 64, 64))
    model = GAN(GANConfig(noise=4, width=2, image_size=64, channels=3, critic_norm=False)).eval()
    metrics, samples = gan.evaluate_colour(model, Judge(JudgeConfig(64, 3, 4, 18)).eval(), tmp_path, SMALL)
    assert samples == 40, "as many as there are training portraits and mirror images"
    assert set(metrics) == {"frechet", "frechet_floor", "recall", "nearest_train", "nearest_train_of_test"}
    assert metrics["frechet"] > metrics["frechet_floor"] > 0


def test_class_counts_are_kept_for_the_page(tmp_path):
    for id, counts in (("gan-digits-r3", [1] * 10), ("gan-digits-mlp", [2] * 10), ("gan-digits-r3", [3] * 10)):
        gan.keep_counts(id, counts, tmp_path)
    assert json.loads((tmp_path / gan.TABLE).read_text()) == {"gan-digits-mlp": [2] * 10, "gan-digits-r3": [3] * 10}
