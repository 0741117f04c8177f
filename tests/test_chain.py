"""Every "How it works" begins with a picture of its steps, whose names all have a sign and words."""

import ast
from pathlib import Path

import pytest

from aigc_demo.ui.i18n import has
from aigc_demo.ui.views.chain import BESIDE, SIGNS, chain

TABS = sorted((Path(__file__).resolve().parents[1] / "aigc_demo" / "ui" / "tabs").glob("*/*.py"))


def steps_of(path):
    """Keyword `steps` of every call of how_it_works in a file, as it is written; None where there is none."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "how_it_works":
            yield next((ast.literal_eval(word.value) for word in node.keywords if word.arg == "steps"), None)


FOUND = [(path, steps) for path in TABS for steps in steps_of(path)]


@pytest.mark.parametrize(("path", "steps"), FOUND, ids=[f"{path.parent.name}_{path.stem}" for path, _ in FOUND])
def test_a_picture_has_its_signs_and_words(path, steps):
    assert steps and 3 <= len(steps) <= 6
    assert steps[0] != BESIDE != steps[-1]
    for name in steps:
        assert name == BESIDE or (name in SIGNS and has(f"chain.{name}"))


def test_no_sign_is_left_over():
    assert set(SIGNS) == {name for _, steps in FOUND for name in steps or ()} - {BESIDE}


def test_arrows_stand_between_steps_and_an_equals_sign_between_two_that_are_compared():
    assert chain(("noise", "unet", "picture")).count("→") == 2
    compared = chain(("noise", "ours", BESIDE, "library"))
    assert compared.count("→") == 1 and compared.index("<b>→") < compared.index("<b>=")
