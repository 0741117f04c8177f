"""Paths through the pages lead to tabs and questions that are there, and take as long as they say."""

from importlib import import_module

import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.experiments import experiments_of
from aigc_demo.ui.paths import NEXT, PATHS


def exists(tab):
    """Whether a page has this inner tab."""
    family, _, name = tab.rpartition("_")
    return name in import_module(f"aigc_demo.ui.tabs.{family}.page").TABS


@pytest.mark.parametrize("name", PATHS)
def test_steps_are_there_and_ask_what_their_page_asks(name):
    for step in PATHS[name]:
        assert exists(step.tab), step.tab
        assert not step.asks or step.asks in experiments_of(step.tab.rpartition("_")[0]), step.asks


def test_a_path_takes_as_long_as_its_title_says():
    minutes = {name: sum(step.minutes for step in steps) for name, steps in PATHS.items()}
    assert minutes == {"quick": 15, "picture": 60, "writing": 60}


def test_ways_on_lead_to_tabs_of_other_pages():
    assert set(NEXT) == {family.stem for family in catalogue.families()}
    for family, tabs in NEXT.items():
        assert all(exists(tab) and tab.rpartition("_")[0] != family for tab in tabs), family
