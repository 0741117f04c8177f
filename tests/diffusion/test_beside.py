"""Our U-Net beside the library's."""

import numpy as np
import pytest
from runs import last

from aigc_demo.pipelines.parity import TOLERANCE
from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.services.diffusion.requests import (
    ANY,
    MISTAKES,
    Beside,
    Draw,
)

STEPS = 4
NEAR = {"rtol": 0, "atol": 1e-4}


def run(service, **values):
    """Frames of a run."""
    return [step.value for step in service.draw(Draw(**{"steps": STEPS, **values}))]


def picture(service, **values):
    """The finished picture of a run."""
    return run(service, **values)[-1].x


def same(a, b):
    np.testing.assert_allclose(a, b, **NEAR)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_we_draw_what_diffusers_draws(shipped, sampler):
    made = last(shipped.beside(Beside(sampler=sampler, steps=7, seed=5)))
    assert made.first is None and made.maximum <= TOLERANCE and made.mean <= made.maximum
    assert np.abs(made.ours - made.theirs).max() == pytest.approx(made.maximum)
    same(made.ours, picture(shipped, sampler=sampler, steps=7, seed=5))
    assert made.our_milliseconds > 0 and made.their_milliseconds > 0 and len(made.layers) > 20


@pytest.mark.parametrize("values", [{"guidance": 0}, {"guidance": 1}, {"guidance": 10}, {"digit": ANY}])
def test_we_agree_at_any_guidance(shipped, values):
    assert last(shipped.beside(Beside(steps=3, **values))).maximum <= TOLERANCE


POINTED = {
    "timestep_off_by_one": "time",
    "wrong_scaling": "down.1.attentions.0",  # the first that looks
    "no_time_embedding": "down.0.blocks.0",
    "classes_shifted": "label",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_table_points_at_a_mistake(shipped, mistake):
    made = last(shipped.beside(Beside(steps=2, mistake=mistake)))
    assert made.first is not None and made.maximum > TOLERANCE
    assert made.layers[made.first][2] > TOLERANCE
    assert all(row[2] <= TOLERANCE for row in made.layers[: made.first])
    assert made.layers[made.first][0] == POINTED[mistake]
    assert last(shipped.beside(Beside(steps=2))).first is None  # the model itself stayed right
