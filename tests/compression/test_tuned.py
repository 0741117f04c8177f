"""Fine-tuning after pruning: zeros stay, the pruned network stays as it was, stored curves are lower."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from aigc_demo.compression.pruning import without_channels, without_weights
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.services.compression.requests import JUDGE, STRUCTURES, Prune
from aigc_demo.services.compression.shrinking import TUNED, curve_of
from aigc_demo.training.pruned import finetuned
from aigc_demo.ui.tabs.compression.parts import curve

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@pytest.fixture(scope="module")
def pictures():
    """Pictures whose class is the half that is bright."""
    labels = torch.arange(40) % 2
    x = torch.randn(40, 1, 32, 32, generator=torch.Generator().manual_seed(1)) * 0.2 - 0.5
    for place, label in enumerate(labels):
        x[place, :, 16 * label : 16 * label + 16] += 1
    return x, labels


def test_zeros_stay_zero_and_the_loss_falls(pictures):
    torch.manual_seed(0)
    model = Judge(JudgeConfig(width=4, classes=2, dropout=0.0)).eval().requires_grad_(False)
    pruned = without_weights(model, 0.6)
    before = {name: weight.clone() for name, weight in pruned.named_parameters()}
    tuned = finetuned(pruned, *pictures, updates=60)
    for name, weight in tuned.named_parameters():
        assert torch.equal(before[name], dict(pruned.named_parameters())[name]), name
        if weight.ndim > 1:
            assert (weight[before[name] == 0] == 0).all() and not torch.equal(weight, before[name]), name
    losses = [float(F.cross_entropy(one(pictures[0]), pictures[1])) for one in (pruned, tuned)]
    assert losses[1] < losses[0] / 2 and not tuned.training


def test_a_narrow_network_learns_in_its_own_shape_and_the_seed_fixes_it(pictures):
    model = without_channels(Judge(JudgeConfig(width=4, classes=2)).eval(), 0.5)
    one, again, other = (finetuned(model, *pictures, updates=3, seed=seed) for seed in (1, 1, 2))
    assert one.head.weight.shape == model.head.weight.shape
    assert torch.equal(one.head.weight, again.head.weight) and not torch.equal(one.head.weight, other.head.weight)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_stored_curves_are_of_the_same_sizes_and_lower(structure):
    cut, tuned = (curve_of(ASSETS, f"{JUDGE} prune {structure}", *file) for file in ((), (TUNED,)))
    before = {share: (size, cost) for share, size, cost in cut}
    assert len(tuned) == 6
    for share, size, cost in tuned:
        assert size == pytest.approx(before[share][0], rel=0.01) and cost < before[share][1], share


def test_the_chart_has_both_curves_where_both_were_measured():
    point = [0.5, 300_000, 0.3]
    value = {"model": Prune(model=JUDGE).model, "curve": [point], "tuned": [[0.5, 300_000, 0.01]], "knee": None}
    value |= {"sizes": [600_000, 300_000], "costs": [0.0, 0.3]}
    kinds = [line["kind"] for line in curve(value, lambda key: key)["lines"]]
    assert kinds == ["water", "reed", "glow"]
    assert [line["kind"] for line in curve(value | {"tuned": []}, lambda key: key)["lines"]] == ["water", "glow"]
