"""The scores of disentanglement are held against codes whose answer is known, by theory or by counting anew."""

import math
from itertools import permutations, product

import pytest
import torch
from torch import Tensor

from aigc_demo.data.shapes import SIDE, SIZES, random_factors, values_of
from aigc_demo.evaluation.disentanglement import (
    Settings,
    ballots,
    binned,
    entropy,
    evaluate,
    gaps,
    information,
    predictability,
    score,
    threshold_accuracy,
)

SHORT = Settings(samples=4000, votes=200, voters=32)
# Entropies of 40 rotations and 32 places in 20 equal bins, as shares of their own: see test_the_bins_cap_the_gap
CAPS = [1, 1, math.log(20) / math.log(40), 1 - 0.75 * math.log(2) / math.log(32), 1 - 0.75 * math.log(2) / math.log(32)]


def perfect(indices: Tensor) -> Tensor:
    """One dimension per factor, each of variance 1 or so. (B, 5) -> (B, 5)."""
    return (indices / torch.tensor(SIZES) - 0.5) * math.sqrt(12)


def turned(indices: Tensor) -> Tensor:
    """The same, seen from another side: every dimension holds some of every factor."""
    generator = torch.Generator().manual_seed(1)
    return perfect(indices) @ torch.linalg.qr(torch.randn(5, 5, generator=generator)).Q


def noise(indices: Tensor) -> Tensor:
    """Nothing of the factors. (B, 5) -> (B, 5)."""
    return torch.randn(indices.shape, generator=torch.Generator().manual_seed(int(indices.sum())))


@pytest.fixture(scope="module")
def scores():
    return {code.__name__: score(code, settings=SHORT) for code in (perfect, turned, noise)}


def test_a_perfect_code_reaches_the_top_of_each_score(scores):
    found = scores["perfect"]
    assert found["mig_gaps"] == pytest.approx(CAPS, abs=0.03)
    assert found["mig"] == pytest.approx(0.902, abs=0.02)
    assert found["sap_gaps"] == pytest.approx([2 / 3, 1, 1, 1, 1], abs=0.03)
    assert found["sap"] == pytest.approx(sum(found["sap_gaps"]) / 5)
    assert found["factor_score"] == 1


def test_a_turned_code_loses_the_gap(scores):
    assert scores["turned"]["mig"] < 0.15 and scores["turned"]["sap"] < 0.4
    assert scores["turned"]["mig"] < scores["perfect"]["mig"] / 4
    assert scores["turned"]["factor_score"] < scores["perfect"]["factor_score"]


def test_noise_scores_nothing(scores):
    found = scores["noise"]
    assert found["mig"] < 0.01 and found["sap"] < 0.01
    assert found["factor_score"] == pytest.approx(0.2, abs=0.12), "chance"
    assert max(map(max, found["information_share"])) < 0.05


def test_tables_name_the_dimension_of_each_factor(scores):
    found = scores["perfect"]
    for table in ("information_nats", "information_share", "predictability", "votes"):
        assert torch.tensor(found[table]).argmax(0).tolist() == [0, 1, 2, 3, 4], table
    assert sum(map(sum, found["votes"])) == SHORT.votes
    nats, share = torch.tensor(found["information_nats"]), torch.tensor(found["information_share"])
    assert torch.allclose(nats / share, torch.tensor(SIZES).log().expand(5, 5), rtol=0.01)


@pytest.mark.parametrize("code", [perfect, turned])
def test_the_order_of_the_dimensions_does_not_matter(scores, code):
    order = [3, 0, 4, 1, 2]
    found = score(lambda indices: code(indices)[:, order], settings=SHORT)
    expected = scores[code.__name__]
    for name in ("mig", "sap", "factor_score"):
        assert found[name] == pytest.approx(expected[name], abs=1e-9)
    assert found["information_nats"] == [expected["information_nats"][j] for j in order]
    assert found["votes"] == [expected["votes"][j] for j in order]


def test_scale_shift_and_sign_of_a_dimension_do_not_matter(scores):
    factor, offset = torch.tensor([2.0, -1, 0.5, -4, 8]), torch.tensor([1.0, 0, -4, 2, 0])
    found = score(lambda indices: turned(indices) * factor + offset, settings=SHORT)
    for name in ("sap", "factor_score"):
        assert found[name] == pytest.approx(scores["turned"][name], abs=1e-5)
    assert found["mig"] == pytest.approx(scores["turned"]["mig"], abs=0.005)  # a value on the edge of a bin may cross


def test_a_second_copy_of_a_dimension_closes_its_gaps(scores):
    found = score(lambda indices: perfect(indices)[:, [0, 1, 2, 3, 4, 3]], settings=SHORT)
    assert found["mig_gaps"][3] == 0 and found["sap_gaps"][3] == 0
    assert found["mig_gaps"][4] == pytest.approx(scores["perfect"]["mig_gaps"][4])
    assert found["factor_score"] == 1, "either of the two names the factor"


def test_dead_dimensions_have_no_vote():
    """A dimension that hardly varies, however well it follows a factor, and one that does not vary at all."""

    def code(indices: Tensor) -> Tensor:
        faint = perfect(indices) * torch.tensor([1, 1, 1, 1, 0.1])
        return torch.cat([faint, torch.zeros(len(indices), 1)], dim=1)

    found = score(code, settings=SHORT)
    assert sum(found["votes"][4]) == 0 and sum(found["votes"][5]) == 0
    assert 0.6 < found["factor_score"] < 0.95, "y has no dimension left"
    assert found["information_nats"][5] == pytest.approx([0] * 5, abs=1e-12)
    assert found["predictability"][5] == pytest.approx([1 / 3, 0, 0, 0, 0])


def test_a_code_without_any_living_dimension_has_no_factor_score():
    found = score(lambda indices: torch.zeros(len(indices), 3), settings=SHORT)
    assert (found["mig"], found["sap"], found["factor_score"]) == (0, 0, 0)


def test_a_seed_repeats_its_scores_and_another_gives_nearly_the_same():
    first, again, other = (score(turned, seed, SHORT) for seed in (0, 0, 1))
    assert first == again and first != other
    assert other["mig"] == pytest.approx(first["mig"], abs=0.02)


def test_broken_codes_are_refused():
    with pytest.raises(ValueError, match="finite"):
        score(lambda indices: perfect(indices) * math.nan, settings=SHORT)
    with pytest.raises(ValueError, match="two dimensions"):
        gaps(torch.ones(1, 5))


def test_entropy_of_known_shares():
    assert entropy(torch.tensor([7] * 5)) == 0
    assert entropy(torch.arange(8).repeat(3)) == pytest.approx(math.log(8))
    assert entropy(torch.tensor([0, 0, 0, 5])) == pytest.approx(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))


def test_bins_are_equally_wide_and_hold_both_ends():
    codes = torch.tensor([[-2.0], [-1.01], [-0.99], [0.5], [1.99], [2.0]])
    assert binned(codes, 4).flatten().tolist() == [0, 0, 1, 2, 3, 3]
    assert binned(torch.full((5, 2), 3.0), 4).eq(0).all()


def test_information_is_the_sum_over_the_table_of_pairs():
    indices = random_factors(500, torch.Generator().manual_seed(0))
    codes = torch.stack([indices[:, 3] + 0.0, indices[:, 1] * 10.0 + indices[:, 0]], dim=1).double()
    found, parts = information(codes, indices, 5), binned(codes, 5)
    for j, k in product(range(2), range(5)):
        pairs = list(zip(parts[:, j].tolist(), indices[:, k].tolist(), strict=True))
        total = 0.0
        for z, v in set(pairs):
            both = pairs.count((z, v)) / 500
            total += both * math.log(
                both / float((parts[:, j] == z).double().mean() * (indices[:, k] == v).double().mean())
            )
        assert found[j, k] == pytest.approx(total, abs=1e-9)


def test_the_bins_cap_the_gap():
    for size, cap in zip(SIZES, CAPS, strict=True):
        parts = binned(torch.arange(size, dtype=torch.float64)[:, None], 20).flatten()
        assert entropy(parts) / math.log(size) == pytest.approx(cap)
    assert sum(CAPS) / 5 == pytest.approx(0.902, abs=5e-4)


def test_predictability_is_the_squared_correlation():
    indices = random_factors(2000, torch.Generator().manual_seed(0))
    values = values_of(indices).double()
    codes = torch.stack([values[:, 3] * 2 + values[:, 4], -values[:, 2]], dim=1)
    found = predictability(codes, indices)
    for j, k in product(range(2), range(1, 5)):
        assert found[j, k] == pytest.approx(float(torch.corrcoef(torch.stack([codes[:, j], values[:, k]]))[0, 1]) ** 2)
    assert found[0, 3:].tolist() == pytest.approx([0.8, 0.2], abs=0.03)


def test_thresholds_find_classes_in_any_order_but_one_interval_each():
    labels = torch.arange(3).repeat(200)
    for places in ([0.0, 1, 2], [1.0, 2, 0], [2.0, 0, 1]):
        assert threshold_accuracy(torch.tensor(places)[labels], labels, 3) == pytest.approx(1)
    assert threshold_accuracy(torch.zeros(600), labels, 3) == pytest.approx(1 / 3)
    assert threshold_accuracy(torch.tensor([0.0, 0, 1])[labels], labels, 3) == pytest.approx(2 / 3)
    both_sides = torch.where(torch.arange(600) < 300, -1.0, 1.0) * (labels == 0)  # class 0 left and right of the others
    assert threshold_accuracy(both_sides, labels, 3) == pytest.approx((0.5 + 1) / 3)


def test_thresholds_are_the_best_of_all_that_were_tried():
    generator = torch.Generator().manual_seed(0)
    values, labels = torch.randn(24, generator=generator), torch.randint(3, (24,), generator=generator)
    cuts = [-torch.inf, *values.sort().values.tolist()]
    best = 0.0
    for low, high in product(cuts, cuts):
        area = (values > low).long() + (values > max(low, high))
        shares = torch.stack([(labels[area == a][:, None] == torch.arange(3)).sum(0) for a in range(3)])
        shares = shares / torch.bincount(labels, minlength=3)
        best = max(best, *(float(shares[order, range(3)].sum()) / 3 for order in permutations(range(3))))
    assert threshold_accuracy(values, labels, 3) == pytest.approx(best)


def test_a_class_counts_the_same_however_rare():
    values, labels = torch.tensor([0.0] * 98 + [1.0, 1.0]), torch.tensor([0] * 97 + [1] + [1, 1])
    assert threshold_accuracy(values, labels, 2) == pytest.approx((1 + 2 / 3) / 2)


def test_the_pictures_of_a_vote_share_one_factor_only():
    settings = Settings(votes=60, voters=20)
    indices, factor = ballots(settings, torch.Generator().manual_seed(0))
    same = (indices == indices[:, :1]).all(1)  # (votes, K)
    assert torch.equal(same, torch.nn.functional.one_hot(factor, 5).bool())
    assert set(factor.tolist()) == {0, 1, 2, 3, 4}
    assert len(indices[factor == 2][:, 0, 2].unique()) > 5, "fixed at a value of its own in each vote"


def test_pictures_reach_the_encoder_and_their_factors_come_back():
    """An encoder by hand: centre of mass and area tell x, y and scale, whatever the shape and how it is turned."""

    def encode(pictures: Tensor) -> Tensor:
        assert pictures.shape[1:] == (1, SIDE, SIDE)
        mass = pictures.sum((1, 2, 3))
        place = torch.arange(SIDE) - SIDE / 2
        x, y = ((pictures.sum(dim).squeeze(1) * place).sum(1) / mass for dim in (2, 3))
        return torch.stack([x / 9, y / 9, mass.sqrt() / 3], dim=1)

    found = evaluate(encode, settings=Settings(samples=1500, votes=40, voters=16))
    share = torch.tensor(found["information_share"])
    assert share[:, [3, 4, 1]].argmax(0).tolist() == [0, 1, 2] and share[:, [3, 4, 1]].amax(0).min() > 0.8
    assert torch.tensor(found["predictability"])[[0, 1], [3, 4]].min() > 0.999
    assert found["mig"] > 0.4 and found["sap"] > 0.5
