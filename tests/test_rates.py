"""Learning rates over the budget."""

import pytest
import torch

from aigc_demo.training.rates import cosine, linear, one_cycle, set_rate, trapezoid

ALONG = [i / 100 for i in range(101)]


@pytest.mark.parametrize(("schedule", "peak"), [(cosine, 2), (one_cycle, 20), (trapezoid, 1), (linear, 0)])
def test_a_rate_rises_to_its_peak_and_falls(schedule, peak):
    rates = [schedule(progress) for progress in ALONG]
    assert max(rates) == pytest.approx(1, abs=2e-3) and rates.index(max(rates)) == peak
    assert rates[: peak + 1] == sorted(rates[: peak + 1]) and rates[peak:] == sorted(rates[peak:], reverse=True)
    assert 0 <= rates[-1] <= 0.01


def test_where_rates_bend():
    assert [linear(progress) for progress in (0.5, 0.75, 1)] == [1, 0.5, 0]
    assert [linear(progress, 0.8) for progress in (0.79, 0.9, 1)] == pytest.approx([1, 0.5, 0])
    assert [trapezoid(progress) for progress in (0.005, 0.3, 0.65, 1)] == pytest.approx([0.5, 1, 0.5, 0.01])
    assert cosine(1.0, 0.01) == 0.01 and cosine(0.51) < 0.5 < cosine(0.49)


def test_all_groups_get_the_rate():
    optimizer = torch.optim.Adam([{"params": [torch.zeros(1)]}, {"params": [torch.zeros(1)], "lr": 5.0}])
    set_rate(optimizer, 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 0.25]
