"""Choosing the next token: every cut by what it must keep, the order of transformers, and the odds by chi-square."""

import pytest
import torch
from transformers import LogitsProcessorList
from transformers.generation.logits_process import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from aigc_demo.sampling.tokens import Sampling, choose, draw, stages

LOGITS = torch.tensor([[2.0, 1.0, 0.5, -1.0, -3.0]])


def final(**how) -> list[float]:
    return stages(LOGITS, Sampling(**how)).final[0].tolist()


def test_without_any_setting_the_odds_are_the_models_own():
    assert final() == pytest.approx(LOGITS[0].softmax(0).tolist())


def test_temperature_zero_takes_the_best_even_with_everything_else_off():
    assert final(temperature=0, top_k=0, top_p=0) == [1, 0, 0, 0, 0]


def test_a_tiny_temperature_is_nearly_zero_and_makes_no_nan():
    assert final(temperature=1e-6) == pytest.approx([1, 0, 0, 0, 0])


def test_heat_makes_the_odds_more_equal():
    spread = [max(final(temperature=t)) - min(final(temperature=t)) for t in (0.5, 1.0, 2.0)]
    assert spread == sorted(spread, reverse=True)


def test_top_k_keeps_so_many_even_of_equals():
    found = stages(torch.zeros(1, 6), Sampling(top_k=2)).final[0]
    assert found.tolist() == [0.5, 0.5, 0, 0, 0, 0]


def test_top_p_keeps_the_fewest_that_hold_the_share():
    p = LOGITS[0].softmax(0)
    found = stages(LOGITS, Sampling(top_p=float(p[0]) + 0.01)).final[0]
    assert found.ne(0).tolist() == [True, True, False, False, False]


def test_top_p_zero_keeps_the_best_one():
    assert final(top_p=0) == [1, 0, 0, 0, 0]


def test_min_p_is_a_share_of_the_best():
    p = LOGITS[0].softmax(0)
    kept = [float(x) >= 0.2 * float(p[0]) for x in p]
    assert [x > 0 for x in final(min_p=0.2)] == kept and any(kept) and not all(kept)


def test_what_a_cut_removed_stays_away():
    found = stages(LOGITS, Sampling(top_k=3, top_p=0.8, min_p=0.1))
    assert (found.top_p.ne(0) <= found.top_k.ne(0)).all() and (found.top_k.ne(0) <= found.tempered.ne(0)).all()
    assert found.final.sum().item() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_transformers(seed):
    random = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(3, 50, generator=random)
    seen = torch.randint(50, (3, 7), generator=random)
    how = Sampling(temperature=0.7, top_k=20, top_p=0.9, min_p=0.05, repetition=1.3)
    peers = LogitsProcessorList(
        [
            RepetitionPenaltyLogitsProcessor(how.repetition),
            TemperatureLogitsWarper(how.temperature),
            TopKLogitsWarper(how.top_k),
            TopPLogitsWarper(how.top_p),
            MinPLogitsWarper(how.min_p),
        ]
    )
    torch.testing.assert_close(stages(logits, how, seen).final, peers(seen, logits).softmax(1))


@pytest.mark.parametrize("how", [Sampling(), Sampling(temperature=1.7, top_k=4), Sampling(top_p=0.9, min_p=0.02)])
def test_tokens_come_as_often_as_their_odds_say(how):
    count, generator = 20_000, torch.Generator().manual_seed(5)
    drawn = choose(LOGITS.expand(count, -1), how, generator)
    p = stages(LOGITS, how).final[0]
    seen, wanted = torch.bincount(drawn, minlength=5).float(), p * count
    assert seen[p == 0].sum() == 0
    chi_square = ((seen - wanted)[p > 0].square() / wanted[p > 0]).sum().item()
    assert chi_square < 18.5  # 4 degrees of freedom: once in a thousand


def test_no_chance_falls_outside_the_odds():
    p = torch.tensor([[0.0, 0.25, 0.75, 0.0]]).expand(3, -1)
    assert draw(p, torch.tensor([0.0, 0.25, 1 - 1e-9])).tolist() == [1, 2, 2]


def test_a_penalty_takes_from_what_was_said():
    seen = torch.tensor([[0, 4]])
    plain, found = (stages(LOGITS, Sampling(repetition=r), seen).final[0] for r in (1.0, 1.5))
    assert found[0] < plain[0] and found[4] < plain[4] and found[1] > plain[1]
