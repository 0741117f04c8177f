"""Replicas without Ray: which work they take, what a run does when one of them ends, what is said of it."""

import importlib.util
import pickle

import numpy as np
import pytest
from api import SMALL, small

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.core.errors import BadRequestError, UnavailableError, sentences
from aigc_demo.core.steps import Step
from aigc_demo.services import replicas
from aigc_demo.services.replicas import Replicas
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import find, request_class

DIGIT = {"steps": 5, "seed": 7}
TOGETHER = [name for name in SMALL if request_class(name).queue == "together"]
CALM = sentences()["replica_gone"]


class GoneError(Exception):
    """What Ray tells of a replica that has ended."""


class Response:
    """Steps that come back as copies, and an end in the middle of them."""

    def __init__(self, steps, end):
        self.steps, self.end, self.cancelled = iter(steps), end, False

    def __iter__(self):
        for place, made in enumerate(self.steps):
            if place == self.end:
                raise GoneError
            yield pickle.loads(pickle.dumps(made if isinstance(made, BadRequestError) else [made]))

    def cancel(self):
        self.cancelled = True


class Handle:
    """A deployment in this process. ends: after how many steps the replica of each call ends."""

    def __init__(self, store, *ends):
        self.service, self.ends, self.asked = Service(store), list(ends), []
        self.steps = self.facts = self

    def options(self, stream):
        return self

    def remote(self, name, request):
        self.asked.append(Response(self._made(name, request), self.ends.pop(0) if self.ends else None))
        return self.asked[-1]

    def _made(self, name, request):
        try:
            yield from self.service.run(name, request)
        except BadRequestError as error:
            yield error


class Facts:
    """The same for what is told at once."""

    def __init__(self, told):
        self.told = told

    def remote(self, name, request):
        return self

    def result(self):
        return self.told


@pytest.fixture(scope="module")
def shipped():
    return Store(device="cpu")


@pytest.fixture
def away(shipped):
    """A service whose long work is done elsewhere, and the handle of where."""

    def make(*ends):
        handle = Handle(shipped, *ends)
        handle.facts = Facts({"device": "CPU", "parameters": 1, "seed": 7})
        return Service(shipped, Replicas(handle, "app", (GoneError,))), handle

    return make


def test_a_run_whose_replica_ends_is_done_again_and_goes_on(away, shipped):
    service, handle = away(3)
    steps = list(service.run("diffusion_draw", DIGIT))
    alone = list(Service(shipped).run("diffusion_draw", DIGIT))
    assert [step.done for step in steps] == [step.done for step in alone]
    assert [step.note for step in steps] == ["", "", "", "replica_gone", "", ""]
    for step, other in zip(steps, alone, strict=True):
        assert np.array_equal(step.value.x, other.value.x)
    assert len(handle.asked) == 2 and all(response.cancelled for response in handle.asked)


def test_the_page_and_a_program_are_told(away):
    service, _ = away(2)
    notes = [step.note for step in service.stream("diffusion_draw", service.request("diffusion_draw", DIGIT))]
    assert notes.count("replica_gone") == 1
    service, _ = away(2)
    *_, last = service.answer("diffusion_draw", {**DIGIT, "seed": 8}, "png")
    assert last.value.result["note"] == CALM and last.value.file.startswith(b"\x89PNG")
    *_, last = service.answer("diffusion_draw", {**DIGIT, "seed": 8}, "png")  # kept; nothing ended this time
    assert "note" not in last.value.result


def test_where_they_end_one_after_the_other_a_sentence_says_so(away):
    service, handle = away(1, 1, 1)
    with pytest.raises(UnavailableError, match="Several processes"):
        list(service.run("diffusion_draw", DIGIT))
    assert len(handle.asked) == replicas.TRIES


def test_what_is_wrong_with_a_request_comes_back_as_it_was(away):
    service, _ = away()
    request = service.request("gpt_poem", {"words": "春夏秋冬天地人", "mode": "head", "form": "jueju5"})
    with pytest.raises(BadRequestError) as told:
        list(service.run("gpt_poem", request))
    assert told.value.key == "poem_heads" and told.value.values["length"] == 7


def test_who_leaves_ends_the_run_there(away):
    service, handle = away()
    run = service.run("diffusion_draw", DIGIT)
    next(run)
    run.close()
    assert handle.asked[0].cancelled


@pytest.mark.parametrize("name", TOGETHER)
def test_what_they_compute_together_can_be_copied_there_and_back(away, name):
    """Of the other queues: test_shared_gpu.py."""
    service, handle = away()
    values = {key: value for key, value in small(name).items() if key != "format"}
    assert list(service.stream(name, service.request(name, values)))
    assert len(handle.asked) == 1


def test_they_take_long_work_that_hangs_on_its_request_alone(away):
    service, handle = away()
    for name in SMALL:
        request, use_case = request_class(name)(), find(name)
        taken = service.replicas.take(use_case, request)
        assert taken == (request.queue in replicas.QUEUES and not use_case.device), name
    own = request_class("diffusion_draw")(checkpoint="own-abc")
    assert not service.replicas.take(find("diffusion_draw"), own)
    assert service.result("diffusion_forward", {}) is not None and not handle.asked  # quick


def test_facts_are_those_of_a_replica(away):
    service, _ = away()
    request = service.request("diffusion_draw", DIGIT)
    assert service.facts("diffusion_draw", request) == {"device": "CPU", "parameters": 1, "seed": 7}


@pytest.mark.parametrize(
    ("given", "found"), [("", (0, 0)), ("0", (0, 0)), ("2", (2, 2)), (" 1-4 ", (1, 4)), ("16", (16, 16))]
)
def test_how_many_there_are_is_a_number_or_a_range(monkeypatch, given, found):
    monkeypatch.setenv("AIGC_REPLICAS", given)
    assert replicas.wished() == found and replicas.most() == found[1]


@pytest.mark.parametrize("given", ["two", "-1", "4-1", "0-2", "1-2-3", "1000"])
def test_anything_else_is_a_sentence(monkeypatch, given):
    monkeypatch.setenv("AIGC_REPLICAS", given)
    with pytest.raises(UnavailableError, match="AIGC_REPLICAS is to be a number"):
        replicas.start()
    assert replicas.most() == 0


def test_without_ray_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("AIGC_REPLICAS", "2")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnavailableError, match=r"pip install -r requirements-scale\.txt"):
        replicas.start()
    monkeypatch.delenv("AIGC_REPLICAS")
    assert replicas.start() is None


def test_quick_steps_are_one_message_and_slow_ones_come_at_once(monkeypatch):
    clock = iter([0.0, 0.01, 0.02, 0.06, 0.5, 0.52])
    monkeypatch.setattr(replicas.time, "perf_counter", lambda: next(clock))
    steps = [Step(done, 6, done) for done in range(6)]
    assert [[step.done for step in sent] for sent in replicas.gathered(steps)] == [[0], [1, 2, 3], [4], [5]]
    assert list(replicas.gathered([])) == []


def test_a_sentence_is_copied_with_its_values():
    error = pickle.loads(pickle.dumps(BadRequestError("blank", field="steps")))
    assert type(error) is BadRequestError and (error.key, error.values) == ("blank", {"field": "steps"})
    assert str(error) == str(BadRequestError("blank", field="steps"))


def test_a_replica_computes_on_its_own_cores(monkeypatch):
    threads.cores.cache_clear()
    monkeypatch.setenv("AIGC_CORES", "1")
    assert threads.cores() == 1
    threads.cores.cache_clear()
