"""Threads: one or all cores by measurement, and parts of a batch side by side."""

import threading

import pytest
import torch

from aigc_demo.core import threads
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.together import SMALLEST


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 2)


def slow_with(count: int):
    """Work that takes longer with `count` threads."""

    def work():
        if torch.get_num_threads() == count:
            threading.Event().wait(0.01)

    return lambda: work


@pytest.mark.parametrize(("slow", "quick"), [(1, 2), (2, 1)])
def test_the_quicker_number_of_threads_is_taken(slow, quick):
    assert threads.Choice(slow_with(slow)).count() == quick


def test_the_choice_is_made_again_when_the_load_has_moved(monkeypatch):
    slow = [2]
    monkeypatch.setattr(threads, "STALE", 0.0)
    monkeypatch.setattr(threads, "load", lambda: 0.0)
    choice = threads.Choice(lambda: slow_with(slow[0])())
    assert choice.count() == 1
    slow[0] = 1
    assert choice.count() == 1  # as busy as it was: measured once
    monkeypatch.setattr(threads, "load", lambda: 3.0)
    assert choice.count() == 2


def test_threads_are_as_before_behind_the_work():
    before = torch.get_num_threads()
    with pytest.raises(KeyError), threads.using(before + 1):
        assert torch.get_num_threads() == before + 1
        raise KeyError
    assert torch.get_num_threads() == before


def test_parts_come_back_in_order_and_pass_on_errors():
    met = threading.Barrier(2, timeout=20)  # both run at once, or this breaks

    def part(number):
        met.wait()
        assert torch.is_inference_mode_enabled() and torch.get_num_threads() == 1
        return number

    assert threads.side_by_side([lambda: part(1), lambda: part(2)]) == [1, 2]
    with pytest.raises(ZeroDivisionError):
        threads.side_by_side([lambda: 1, lambda: 1 // 0])


@pytest.mark.parametrize("label", [None, torch.arange(2 * SMALLEST + 1)])
def test_a_large_batch_is_halved_and_put_together(label):
    seen = []

    def network(x, t, labels):
        seen.append(len(x))
        return x * t.view(-1, 1, 1, 1) + (0 if labels is None else labels.view(-1, 1, 1, 1))

    x = torch.randn(2 * SMALLEST + 1, 1, 2, 2)
    with torch.inference_mode():
        found = Denoiser(network, "eps", label)(x, 3, 0.5).eps
    assert sorted(seen) == [SMALLEST, SMALLEST + 1]
    torch.testing.assert_close(found, 3 * x + (0 if label is None else label.view(-1, 1, 1, 1)))
