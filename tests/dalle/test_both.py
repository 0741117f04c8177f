"""DALL-E beside diffusion, on the shipped weights: each draws what its own page draws, and the detector judges both."""

import numpy as np
import pytest
from runs import Runs, last

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.services.dalle.both import USE_CASE
from aigc_demo.services.dalle.requests import Both, Candidates
from aigc_demo.services.text2image.requests import Draw
from aigc_demo.ui.tabs.dalle.both import judged


@pytest.fixture(scope="module")
def store():
    return Store(device="cpu")


@pytest.fixture(scope="module")
def made(store):
    return last(Runs(store, "dalle").both(Both(count=4)))


def test_each_draws_what_its_own_page_draws(store, made):
    asked = Both(count=4)
    drawn = last(
        Runs(store, "dalle").candidates(Candidates(prompt=asked.prompt, count=4, top_p=asked.top_p, seed=asked.seed))
    )
    mine = {one.number: one.picture for one in drawn.candidates}
    np.testing.assert_allclose(made.pictures[:4], np.stack([mine[place] for place in (1, 2, 3, 4)]), atol=1e-5)
    frame = last(
        Runs(store, "text2image").draw(
            Draw(prompt=asked.prompt, steps=asked.steps, seed=asked.seed, count=4, sampler="euler")
        )
    )
    np.testing.assert_allclose(made.pictures[4:], frame.x0, atol=1e-4)


def test_every_picture_is_judged_and_both_are_timed(made):
    told = USE_CASE.numbers(Both(count=4), made)
    assert [set(found) for found in told["verdicts"]] == [{"object", "background", "count", "all"}] * 8
    assert told["dalle_right"] == sum(found["all"] for found in told["verdicts"][:4])
    assert told["diffusion_right"] == sum(found["all"] for found in told["verdicts"][4:])
    assert told["dalle_milliseconds"] > 0 < told["diffusion_milliseconds"]


def test_what_is_wrong_is_named():
    assert judged({"object": True, "count": False, "place": False, "all": False}, str) == (
        "✗ dalle.claim_count · dalle.claim_place"
    )
    assert judged({"object": True, "all": True}, str) == "✓" and judged({}, str) == ""


@pytest.mark.parametrize(("prompt", "sentence"), [("", "There is no sentence yet"), ("zebra", "none of these words")])
def test_what_cannot_be_drawn_is_said(store, prompt, sentence):
    with pytest.raises(BadRequestError, match=sentence):
        last(Runs(store, "dalle").both(Both(prompt=prompt)))
