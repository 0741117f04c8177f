"""Augmentation: what every transform does, what is told of it, and the classifier that learns from few digits."""

import json

import numpy as np
import pytest
import torch
from runs import Runs, card_of, last, saved

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.services.training import augment as use_case
from aigc_demo.services.training.requests import FEW, PICTURES, Augment
from aigc_demo.training.augment import Strengths, changed, drawn
from aigc_demo.training.few import split
from aigc_demo.ui.tabs.training import augment as tab

ARROW = -torch.ones(4, 1, 32, 32)
ARROW[:, :, 4:8, 2:20] = 1.0  # a bar at the upper left


def made(**strengths):
    """The bar four times, changed."""
    draws = torch.Generator().manual_seed(1)
    values = drawn(Strengths(**strengths), 4, 32, draws)
    return changed(ARROW, values, draws), values


@pytest.fixture(scope="module")
def service():
    return Runs(Store(device="cpu"), "training")


def test_nothing_changes_nothing():
    assert torch.allclose(made()[0], ARROW, atol=1e-5)


def test_a_flip_mirrors():
    assert torch.allclose(made(flip=1)[0], ARROW.flip(-1), atol=1e-5)
    _, values = made(flip=0.5)
    assert 0 < values.mirrored.sum() < 4


def test_a_turn_moves_what_was_at_the_top_anticlockwise():
    values = drawn(Strengths(), 4, 32, torch.Generator().manual_seed(1))
    turned = changed(ARROW, type(values)(**{**vars(values), "angle": torch.full((4,), 90.0)}), torch.Generator())
    assert torch.allclose(turned, ARROW.rot90(1, (2, 3)), atol=1e-4)


def test_a_crop_enlarges_a_part_and_scale_changes_the_ink():
    x, values = made(crop=0.5)
    assert (values.kept >= 0.5).all() and not torch.allclose(x, ARROW, atol=0.1)
    x, values = made(scale=0.5)
    ink = (x > 0).float().sum((1, 2, 3))
    order = values.size.argsort()
    assert (ink[order].diff() >= 0).all() and ink[order][0] < ink[order][-1]


def test_noise_colour_and_hole_are_as_strong_as_is_told():
    x, values = made(noise=0.5)
    grey = torch.zeros(4, 1, 32, 32)
    noisy = changed(grey, values, torch.Generator().manual_seed(3))
    assert torch.allclose(noisy.std((1, 2, 3)), values.noise, rtol=0.15)
    x, values = made(cut=0.5)
    for picture, size in zip(x, values.hole, strict=True):
        assert (picture == 0).sum() == size**2
    assert (made(colour=1)[0] - ARROW).abs().max() > 0.1 and made(colour=1)[0].abs().max() <= 1


def test_one_control_leaves_the_others_as_they_were():
    _, one = made(rotate=20, noise=0.1)
    _, other = made(rotate=20, noise=0.4, cut=0.5)
    assert torch.equal(one.angle, other.angle) and not torch.equal(one.noise, other.noise)


@pytest.mark.parametrize("few", FEW)
def test_what_is_held_out_is_never_learned_from(few):
    x, y = torch.arange(100.0).view(100, 1), torch.arange(100) % 10
    data = split(x, y, min(few, 9), 3)
    assert not set(data.pictures.flatten().tolist()) & set(data.held.flatten().tolist())
    assert (data.labels.bincount() == min(few, 9)).all() and len(data.labels) + len(data.held_labels) == 100


@pytest.mark.parametrize("pictures", PICTURES[:2])
def test_the_batch_comes_first_and_the_seed_fixes_it(service, pictures):
    request = Augment(pictures=pictures, lessons=0, noise=0.1, cut=0.3)
    (step,) = service.augment(request)
    (again,) = service.augment(request)
    assert step.value.before.shape == step.value.after.shape == (12, 1 if pictures == "digits" else 3, 32, 32)
    assert np.array_equal(step.value.after, again.value.after)
    (other,) = service.augment(Augment(pictures=pictures, lessons=0, seed=8))
    assert not np.array_equal(step.value.before, other.value.before)


def test_both_classifiers_learn_and_curves_hold_what_was_measured(service):
    request = Augment(lessons=50, few=2)
    steps = list(service.augment(request))
    found = steps[-1].value
    assert found.learned == 20 and found.held == 480 and steps[-1].done == 50
    assert [step for step, _ in found.without.right] == list(range(5, 55, 5))
    assert found.without.right != found.augmented.right and 0 < found.without.right[-1][1] < 1
    assert last(service.augment(request)).augmented == found.augmented
    pictures, course = tab.shown(use_case.page_value(request, found), lambda key: key)
    assert course["facts"][1]["augmented"] == f"{100 * found.augmented.right[-1][1]:.0f} %"
    (chart,) = course["charts"]
    assert [len(line["points"]) for line in chart["lines"]] == [11, 11] and json.dumps(course)
    assert [row["count"] for row in pictures["rows"]] == [12, 12] and any(pictures["rows"][1]["notes"])


def test_it_is_saved_without_another_training(service, tmp_path):
    raw = last(service.service.save("training_augment", Augment(lessons=400), "png", ""))
    card = card_of(raw, tmp_path, "png")
    assert card.use_case == "training_augment" and card.values["lessons"] == 400
    assert saved(service.service, "training_augment", Augment(lessons=0), "png")


@pytest.mark.parametrize("values", [{"crop": 0.9}, {"rotate": -5}, {"pictures": "cats"}, {"few": 3}, {"noise": "x"}])
def test_what_cannot_be_asked(values):
    with pytest.raises(BadRequestError):
        Augment(**values)


def test_own_pictures_that_are_gone_are_one_sentence(service):
    with pytest.raises(NotFoundError, match="not here"):
        next(service.augment(Augment(pictures="own")))
