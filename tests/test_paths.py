"""Paths through the pages lead to tabs and questions that are there, and take as long as they say."""

import re
from importlib import import_module

import pytest
from browser import TABS

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.experiments import experiments_of
from aigc_demo.ui.paths import NEXT, PATHS


def exists(tab):
    """Whether a page has this inner tab."""
    family, _, name = tab.rpartition("_")
    return name in import_module(f"aigc_demo.ui.tabs.{family}.page").TABS


def asked_on(tab):
    """The questions that stand in the code of an inner tab; a time machine's is of the same name everywhere."""
    family, _, name = tab.rpartition("_")
    code = (TABS / family / f"{name}.py").read_text("utf-8")
    return {*re.findall(r"question\(\s*\"([a-z0-9_]+\.predict_[a-z]+)\"", code)} | (
        {f"{words}.predict_training" for words in (family, "inside")} if "time_machine" in code else set()
    )


@pytest.mark.parametrize("name", PATHS)
def test_steps_are_there_and_ask_what_their_page_asks(name):
    for step in PATHS[name]:
        assert exists(step.tab), step.tab
        assert not step.asks or step.asks in experiments_of(step.tab.rpartition("_")[0]), step.asks
        assert not step.asks or step.asks in asked_on(step.tab), f"{step.asks} stands on another tab than {step.tab}"


def test_a_path_takes_as_long_as_its_title_says():
    minutes = {name: sum(step.minutes for step in steps) for name, steps in PATHS.items()}
    assert minutes.pop("quick") == 15
    assert set(minutes.values()) == {60} and len(minutes) == 5


def test_the_paths_lead_to_every_family():
    assert {step.tab.rpartition("_")[0] for steps in PATHS.values() for step in steps} == set(NEXT)


def test_ways_on_lead_to_tabs_of_other_pages():
    assert set(NEXT) == {family.stem for family in catalogue.families()}
    for family, tabs in NEXT.items():
        assert all(exists(tab) and tab.rpartition("_")[0] != family for tab in tabs), family
