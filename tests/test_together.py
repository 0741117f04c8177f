"""Runs that are computed together: each gets its own answer, joins, leaves and fails by itself."""

import dataclasses
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from tiny_gpt import tiny_store

from aigc_demo.models import gpt
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.sampling import together
from aigc_demo.sampling.together import MOST, pictures
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import Wish, pick, pick_each
from aigc_demo.services.diffusion.requests import Draw
from aigc_demo.services.gpt.requests import Write
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
    shared = pictures(network)
    made = [run.result(20) for run in begun(shared, 12)]
    assert made == [[1.0 + n, 11.0 + n, 21.0 + n] for n in range(12)]
    assert network.sizes[0] == 1 and network.sizes[1] >= 11 and len(network.sizes) < 36
    assert shared.members == 0 and not shared._waiting and not shared._computing


def test_a_batch_has_an_end(network):
    shared = pictures(network)
    people = MOST + 9
    assert [run.result(30)[0] for run in begun(shared, people, 1)] == [1.0 + n for n in range(people)]
    assert max(network.sizes) == MOST


def test_a_failure_reaches_all_who_waited_and_nobody_after_them(network):
    shared = pictures(network)
    network.fails = True
    for run in begun(shared, 4):
        with pytest.raises(ValueError, match="no"):
            run.result(20)
    network.fails = False
    assert list(shared.run(steps(5, 1))) == [6.0] and shared.members == 0


def test_a_thread_that_is_ended_takes_nobody_with_it():
    """Whoever computes for all is ended in the middle of the batch: the others' calls are computed again."""

    class EndsOnce(Network):
        def __call__(self, x, times, label):
            if len(x) > 1 and not self.fails:
                self.fails = True
                raise SystemExit
            return Network.__call__(self, x, times, label) if not self.fails else x + label.view(-1, 1, 1, 1)

    shared = pictures(kept := EndsOnce())
    ended, made = 0, []
    for run in begun(shared, 6):
        try:
            made.append(run.result(20))
        except SystemExit:
            ended += 1
    assert kept.fails and ended == 1 and len(made) == 5
    assert len({found[-1] for found in made}) == 5 and all(len(found) == 3 for found in made)
    assert list(shared.run(steps(5, 1))) == [6.0] and shared.members == 0 and not shared._waiting


def test_a_run_that_is_closed_keeps_nobody_waiting(network):
    network.go.set()
    shared = pictures(network)
    long, other = shared.run(steps(1, 100)), shared.run(steps(2, 2))
    assert next(long) == 2.0 and next(other) == 3.0
    long.close()
    assert list(other) == [13.0] and shared.members == 0


def test_there_is_one_for_each_network_for_as_long_as_it_is_used(network):
    shared = pictures(network)
    assert pictures(network) is shared is not pictures(Network())
    del shared
    assert not any(found.network is network for found in together._open.values())


def test_digits_drawn_together_are_those_drawn_alone(store):
    service = Service(store)
    asked = [Draw(digit=n % 10, seed=n, steps=3 + n % 3, sampler=("ddim", "heun", "ddpm")[n % 3]) for n in range(9)]
    alone = [service.result("diffusion_draw", request).x for request in asked]
    with ThreadPoolExecutor(9) as pool:
        for one, found in zip(alone, pool.map(lambda r: service.result("diffusion_draw", r).x, asked), strict=True):
            np.testing.assert_allclose(found, one, rtol=0, atol=1e-4)


@pytest.mark.parametrize("form", ["llama", "gpt2", "lstm"])
def test_texts_of_any_lengths_go_side_by_side(form):
    torch.manual_seed(1)
    model = (LSTM(LSTMConfig.tiny()) if form == "lstm" else GPT(GPTConfig.tiny(form))).eval()
    with torch.inference_mode():
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
        texts = [torch.randint(0, 11, (1, 1 + 3 * n)) for n in range(5)]
        alone, beside = ([model.state() for _ in texts] for _ in range(2))
        for text, *states in zip(texts, alone, beside, strict=True):
            for state in states:
                model(text, state)
        for token in (torch.tensor([[3]]), torch.tensor([[7]])):
            expected = [model(token, state)[0] for state in alone]
            found = model.side_by_side([token] * 5, beside)
            torch.testing.assert_close(found, torch.cat(expected), rtol=1e-5, atol=1e-5)
            assert not torch.allclose(found[0], found[1], atol=1e-3)


def test_texts_come_and_go_and_outgrow_the_memory_that_they_share(monkeypatch):
    monkeypatch.setattr(gpt, "ROOM", 4)
    torch.manual_seed(2)
    chance = random.Random(3)
    model = GPT(dataclasses.replace(GPTConfig.tiny(), context=64)).eval()
    with torch.inference_mode():
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
        alone, beside = ([model.state() for _ in range(9)] for _ in range(2))
        for _ in range(30):
            who = chance.sample(range(9), chance.choice((1, 2, 5, 8, 9)))
            tokens = [torch.tensor([[chance.randrange(11)]]) for _ in who]
            expected = [model(token, alone[i])[0] for token, i in zip(tokens, who, strict=True)]
            found = model.side_by_side(tokens, [beside[i] for i in who])
            torch.testing.assert_close(found, torch.cat(expected), rtol=1e-4, atol=1e-5)
        assert len({state.length for state in beside}) > 4 and max(state.length for state in beside) > 12


def test_rows_with_wishes_of_their_own_are_chosen_as_each_alone():
    torch.manual_seed(4)
    logits = 3 * torch.randn(12, 11)
    ways = [Sampling(0.0), Sampling(0.7, 5, 0.9), Sampling(1.3, repetition=1.5), Sampling(0.0, repetition=2.0)]
    wishes = [Wish(ways[n % 4], torch.rand(1), torch.randint(0, 11, (1, 1 + n))) for n in range(12)]
    for row, (wish, found) in enumerate(zip(wishes, pick_each(logits, wishes), strict=True)):
        expected = pick(logits[row : row + 1], wish)
        assert torch.equal(found.token, expected.token)
        for part in dataclasses.fields(found.stages):
            assert torch.equal(getattr(found.stages, part.name), getattr(expected.stages, part.name)), part.name


@pytest.mark.parametrize("model", ["gpt-shakespeare", "lstm-shakespeare"])
def test_texts_written_together_are_those_written_alone(tmp_path, model):
    service = Service(tiny_store(tmp_path))
    ways = ({}, {"temperature": 0.0}, {"top_k": 5, "top_p": 0.8}, {"repetition": 1.4}, {"min_p": 0.05})
    asked = [
        Write(model=model, seed=n, length=20 + 5 * n, prompt="To be"[: 1 + n], **ways[n]) for n in range(len(ways))
    ]
    alone = [service.result("gpt_write", request).text for request in asked]
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda request: service.result("gpt_write", request).text, asked)) == alone
    assert [len(text) for text in alone] == [20, 25, 30, 35, 40]
