"""Every challenge can be checked: its beginning does not reach it, something else does, on the shipped weights."""

import re
from pathlib import Path

import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.challenges import attempt, challenges_of
from aigc_demo.services.experiments import use_case_of
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import requests_of
from aigc_demo.ui.i18n import tr

TABS = Path(__file__).resolve().parent.parent / "aigc_demo" / "ui" / "tabs"
SET = re.compile(r'\bchallenge\(\s*"([a-z0-9_]+\.[a-z_]+)"')
WITHOUT = {"hf_text"}  # its weights do not ship
FAMILIES = [family.stem for family in catalogue.families() if requests_of(family.stem)]
CHALLENGES = {key: task for family in FAMILIES for key, task in challenges_of(family).items()}


@pytest.fixture(scope="module")
def service():
    return Service()


def last(steps):
    *_, end = steps
    return end.value


def test_every_family_has_one_and_every_one_stands_on_its_tab():
    assert {key.partition(".")[0] for key in CHALLENGES} == set(FAMILIES) - WITHOUT
    found = [(key, file) for file in TABS.rglob("*.py") for key in SET.findall(file.read_text("utf-8"))]
    assert len(found) == len(CHALLENGES) and {key for key, _ in found} == set(CHALLENGES)
    for key, file in found:
        assert f"{file.parent.name}_{file.stem}" == use_case_of(CHALLENGES[key].start)


@pytest.mark.parametrize("key", CHALLENGES)
def test_the_beginning_does_not_reach_it_and_something_does(service, key):
    task = CHALLENGES[key]
    for request, reached in ((task.start, False), (task.solved, True)):
        found = last(attempt(service, task, request))
        assert found.reached is reached, found
        for lang in ("zh", "en"):
            assert tr(lang, f"{key}_score").format(x=found.score)
            assert all(tr(lang, f"experiment.{name}").format(x=number) for name, number in found.measures.items())


def test_progress_comes_before_the_answer(service):
    task = CHALLENGES["diffusion.challenge_clear"]
    steps = list(attempt(service, task, task.solved))
    assert [step.value is None for step in steps] == [True] * (len(steps) - 1) + [False]
    assert [step.done for step in steps] == sorted(step.done for step in steps)
