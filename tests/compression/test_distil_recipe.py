"""The loss of distillation against numbers computed by hand, and the two recipes, which differ in the teacher alone."""

import dataclasses
import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.training import distil, language
from aigc_demo.training.distil import RECIPES, Recipe, cost_of, soft_cost

TEACHER = torch.tensor([[2 * math.log(3), 0.0]])  # at T = 2: 3/4 and 1/4


def batches(first):
    generator = torch.Generator().manual_seed(first)
    rows = torch.randint(0, 11, (2, 9), generator=generator)
    return itertools.repeat((rows[:, :-1], rows[:, 1:]))


@pytest.fixture
def teacher():
    torch.manual_seed(1)
    model = GPT(GPTConfig.tiny()).eval()
    torch.nn.init.normal_(model.embed.weight)
    return model


def test_cost_and_gradient_are_those_computed_by_hand():
    """T^2 (3/4 log 3/2 + 1/4 log 1/2), and its gradient T (q - p), q being 1/2 and 1/2."""
    logits = torch.zeros(1, 2, requires_grad=True)
    cost = soft_cost(logits, TEACHER, 2.0)
    cost.backward()
    assert cost.item() == pytest.approx(4 * (0.75 * math.log(1.5) + 0.25 * math.log(0.5)), abs=1e-6)
    assert cost.item() == pytest.approx(0.52325, abs=1e-4)
    assert logits.grad.tolist() == [pytest.approx([-0.5, 0.5], abs=1e-6)]


def test_the_mean_is_taken_over_places_and_the_gradient_keeps_its_size_with_the_temperature():
    logits = torch.zeros(2, 3, 2, requires_grad=True)
    both = torch.cat([TEACHER, TEACHER, torch.zeros(1, 2)]).expand(2, 3, 2)
    assert soft_cost(logits, both, 2.0).item() == pytest.approx(0.52325 * 2 / 3, abs=1e-4)
    sizes = []
    for temperature in (10.0, 20.0):
        (gradient,) = torch.autograd.grad(soft_cost(logits, both, temperature), logits)
        sizes.append(gradient.norm().item())
    assert sizes[0] == pytest.approx(sizes[1], rel=0.01)


def test_the_teacher_himself_pays_for_the_true_tokens_alone(teacher):
    tokens, targets = next(batches(0))
    hard = F.cross_entropy(teacher(tokens).flatten(0, 1), targets.flatten())
    for share in (0.25, 0.5):
        cost = cost_of(Recipe(share=share), teacher)(teacher, tokens, targets)
        assert cost.item() == pytest.approx((1 - share) * hard.item(), rel=0.01)


def test_both_recipes_are_the_same_but_for_the_teacher(teacher, tmp_path):
    taught, alone = RECIPES["gpt-shakespeare-student"], RECIPES["gpt-shakespeare-small"]
    assert dataclasses.replace(taught, share=0.0) == alone and taught.share > 0
    recipe = Recipe.tiny()
    found = []
    for name, share in (("taught", 0.5), ("alone", 0.0), ("plain", None)):
        out = tmp_path / f"{name}.safetensors"
        if share is None:
            language.train(recipe, batches, out, tmp_path / name)
        else:
            distil.train(dataclasses.replace(recipe, share=share), teacher, batches, out, tmp_path / name)
        found.append(out.read_bytes())
    assert found[1] == found[2] != found[0]


def test_the_student_is_a_third_of_the_teacher():
    sizes = [
        sum(weight.numel() for weight in GPT(config).parameters()) for config in (distil.STUDENT, teacher_config())
    ]
    assert sizes[0] == 861_440 and 0.3 < sizes[0] / sizes[1] < 0.35


def teacher_config():
    return language.SHAKESPEARE
