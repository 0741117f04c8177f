"""Runs that are computed together: each gets its own answer, joins, leaves and fails by itself."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from aigc_demo.sampling import together as module
from aigc_demo.sampling.together import MOST, together
from aigc_demo.services.diffusion.requests import Draw
from aigc_demo.services.service import Service

X = torch.ones(1, 1, 2, 2)


class Network:
    """x + t + label, once `go` is set; notes how many pictures it was called with."""

    def __init__(self):
        self.sizes, self.go, self.fails = [], threading.Event(), False

    def __call__(self, x, times, label):
        self.sizes.append(len(x))
        assert self.go.wait(10)
        if self.fails:
            raise ValueError("no")
        return x + (times + label).view(-1, 1, 1, 1)


def steps(number, count):
    """A run that calls the network `count` times."""

    def run(network):
        for step in range(count):
            yield float(network(X, torch.tensor([10 * step]), torch.tensor([number]))[0, 0, 0, 0])

    return run


@pytest.fixture
def network():
    return Network()


def begun(shared, people, count=3):
    """A pool that runs that many people at once, the first of whom computes while the others come to wait."""
    pool = ThreadPoolExecutor(people)
    made = [pool.submit(lambda n=n: list(shared.run(steps(n, count)))) for n in range(people)]
    for _ in range(1000):
        if len(shared._waiting) == people - 1:
            break
        threading.Event().wait(0.01)
    shared.network.go.set()
    return made


def test_what_waits_is_one_batch_and_everyone_gets_their_own(network):
    shared = together(network)
    made = [run.result(20) for run in begun(shared, 12)]
    assert made == [[1.0 + n, 11.0 + n, 21.0 + n] for n in range(12)]
    assert network.sizes[0] == 1 and network.sizes[1] >= 11 and len(network.sizes) < 36
    assert shared.members == 0 and not shared._waiting and not shared._computing


def test_a_batch_has_an_end(network):
    shared = together(network)
    people = MOST + 9
    assert [run.result(30)[0] for run in begun(shared, people, 1)] == [1.0 + n for n in range(people)]
    assert max(network.sizes) == MOST


def test_a_failure_reaches_all_who_waited_and_nobody_after_them(network):
    shared = together(network)
    network.fails = True
    for run in begun(shared, 4):
        with pytest.raises(ValueError, match="no"):
            run.result(20)
    network.fails = False
    assert list(shared.run(steps(5, 1))) == [6.0] and shared.members == 0


def test_a_run_that_is_closed_keeps_nobody_waiting(network):
    network.go.set()
    shared = together(network)
    long, other = shared.run(steps(1, 100)), shared.run(steps(2, 2))
    assert next(long) == 2.0 and next(other) == 3.0
    long.close()
    assert list(other) == [13.0] and shared.members == 0


def test_there_is_one_for_each_network_for_as_long_as_it_is_used(network):
    shared = together(network)
    assert together(network) is shared is not together(Network())
    del shared
    assert not any(found.network is network for found in module._open.values())


def test_digits_drawn_together_are_those_drawn_alone(store):
    service = Service(store)
    asked = [Draw(digit=n % 10, seed=n, steps=3 + n % 3, sampler=("ddim", "heun", "ddpm")[n % 3]) for n in range(9)]
    alone = [service.result("diffusion_draw", request).x for request in asked]
    with ThreadPoolExecutor(9) as pool:
        for one, found in zip(alone, pool.map(lambda r: service.result("diffusion_draw", r).x, asked), strict=True):
            np.testing.assert_allclose(found, one, rtol=0, atol=1e-4)
