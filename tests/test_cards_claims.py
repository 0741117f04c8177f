"""Every question of the page is answered by an experiment, and its claim holds on the shipped weights."""

import importlib.util
import re
from pathlib import Path

import pytest
from browser import USE_CASES

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.experiments import experiments_of, perform
from aigc_demo.services.service import Service
from aigc_demo.ui import app, question
from aigc_demo.ui.i18n import LANGUAGES, has, texts, tr

UI = Path(__file__).resolve().parent.parent / "aigc_demo" / "ui" / "tabs"
ASKED = re.compile(r'\bquestion\(\s*"([a-z0-9_]+\.[a-z_]+)"')
FAMILIES = [
    family.stem
    for family in catalogue.families()
    if importlib.util.find_spec(f"aigc_demo.services.{family.stem}.experiments")
]
EQUAL = (
    "poem.predict",
    "inside.predict_attention",
    "inside.predict_beside",
    "music.predict_ahead",
)  # claims that both sides are alike
FETCHED = "what its models draw is not known before they are fetched; offline there is our own, of other tabs"
WITHOUT = {"diffusion_hub": FETCHED, "text2image_hub": FETCHED}
CLAIMS = {key: experiment for family in FAMILIES for key, experiment in experiments_of(family).items()}


@pytest.fixture(scope="module")
def service():
    return Service()


@pytest.fixture(scope="module")
def forms():
    """Key of a question -> the form of the tab that asks it."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        plain = question.markup
        patch.setattr(
            question, "markup", lambda key, form, *more: found.setdefault(key, form) and plain(key, form, *more)
        )
        app.build(None)
    return found


def asked_in(file):
    """Keys of the questions of the Python file of an inner tab; a time machine names its words, or has its family's."""
    source = file.read_text("utf-8")
    if "time_machine(" in source and file.parent != UI:
        words = re.search(r'\bwords="(\w+)"', source)
        return [f"{words[1] if words else file.parent.name}.predict_training"]
    return ASKED.findall(source)


def asked():
    """Keys of the questions that stand on the pages."""
    return [key for file in sorted(UI.rglob("*.py")) for key in asked_in(file)]


def test_every_question_has_an_experiment_and_every_experiment_a_question(forms):
    assert set(asked()) == set(forms)
    assert len(asked()) == len(set(asked()))
    assert set(asked()) == set(CLAIMS)


@pytest.mark.parametrize("use_case", USE_CASES)
def test_every_inner_tab_asks_a_question(use_case):
    family, _, name = use_case.rpartition("_")
    asks = bool(asked_in(UI / family / f"{name}.py"))
    assert asks is not (use_case in WITHOUT), WITHOUT.get(use_case, "no card")


def test_every_text_of_a_question_stands_on_a_page():
    answers = {key.removesuffix("_reveal") for key in texts() if re.search(r"\.predict.*_reveal$", key)}
    assert answers == set(asked())


@pytest.mark.parametrize("key", CLAIMS)
def test_claim_holds_on_the_shipped_weights(service, forms, key):
    experiment = CLAIMS[key]
    *_, last = perform(service, experiment)
    sides = last.value
    assert len(sides) == experiment.sides
    assert experiment.holds(*sides), [side.measures for side in sides]
    if len(sides) == 2 and key not in EQUAL:
        assert not experiment.holds(*reversed(sides)), "it says nothing that the other way round would not say"
    for side in sides:
        for name, number in side.measures.items():
            assert tr("en", f"experiment.{name}").format(x=number)
        assert set(side.value()) & {"sheets", "text", "lines"}
        assert not side.name or has(side.name)
        if side.pictures is not None:
            assert side.pictures.min() < 0, "pale: pictures come in [-1, 1]"
    for lang in LANGUAGES:
        names = question.named(sides, experiment, forms[key], lambda text, lang=lang: tr(lang, text))
        assert len(names) == 1 or (all(names) and len(set(names)) == len(names)), names
