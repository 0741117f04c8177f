"""The race on points: equal seconds, fields as they should be, what is sent and saved, and bad input."""

import json

import numpy as np
import pytest
import torch

from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import points
from aigc_demo.models.point_denoiser import PointDenoiser, mixture
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.models.point_vae import PointVAE
from aigc_demo.services.training import lanes
from aigc_demo.services.training import race as use_case
from aigc_demo.services.training.requests import LANES, Race

QUICK = Race(seconds=0.5)
ALONE = dict.fromkeys(LANES, False)


@pytest.fixture(scope="module")
def run():
    return [step.value for step in use_case.race(None, QUICK)]


def test_every_lane_gets_the_same_seconds(run):
    first, *_, last = run
    assert {look.step for look in first.lanes} == {0}
    for look in last.lanes:
        assert 0.5 <= look.seconds < 0.5 + 3 * use_case.SLICE, look.name
    for before, after in zip(run, run[1:], strict=False):
        more = [other.seconds - one.seconds for one, other in zip(before.lanes, after.lanes, strict=True)]
        assert min(more) >= 0 < max(more)  # one that had a long turn may have had all its seconds


def test_all_look_at_the_same_points_and_get_nearer(run):
    first, *_, last = run
    assert all(np.array_equal(now.real, first.real) for now in run)
    assert 0 < first.floor < 0.1
    nearer = [after.distance < before.distance for before, after in zip(first.lanes, last.lanes, strict=True)]
    assert sum(nearer) >= 3


@pytest.mark.parametrize(("name", "kind"), zip(LANES, ("critic", "critic", "net", "arrows", "arrows"), strict=True))
def test_a_field_is_of_its_kind(name, kind):
    lane = lanes.begin(name, QUICK)
    lane.advance()
    real = torch.rand(20, 2)
    with torch.no_grad():
        fake = lane.points(torch.randn(20, 2), torch.randn(20, 2))
        field = lane.field(real, fake)
    assert fake.shape == (20, 2) and lane.kind == kind and lane.step == 1 and lane.healthy()
    if kind == "critic":
        assert field.shape == (24, 24) and np.abs(field).max() <= 1
    else:
        assert field.shape[-1] == 2 and field.ndim == 3
    if kind == "arrows":
        assert np.linalg.norm(field, axis=2).max() == pytest.approx(1)


@pytest.mark.parametrize("name", LANES)
def test_a_seed_gives_the_same_updates(name):
    noise = torch.randn(5, 2, generator=torch.Generator().manual_seed(3))
    made = []
    for seed in (7, 7, 8):
        lane = lanes.begin(name, Race(seed=seed))
        for _ in range(3):
            lane.advance()
        with torch.no_grad():
            made.append(lane.points(noise, noise))
    assert torch.equal(made[0], made[1]) and not torch.equal(made[0], made[2])


def test_a_perfect_denoiser_draws_the_point():
    """With the exact noise or velocity of a single point, sampling ends on it."""
    point = torch.tensor([[0.3, -0.6]])

    class Exact(PointDenoiser):
        def forward(self, x, t):
            if self.flow:
                return (point - x) / (1 - t[:, None])
            signal, level = mixture(t)
            return (x - signal * point) / level

    for flow in (True, False):
        made = Exact(PointGANConfig.tiny(), flow).sample(torch.randn(6, 2), 10)
        assert torch.allclose(made, point.expand(6, 2), atol=1e-4), flow


def test_the_vae_pays_for_codes_and_for_distance():
    vae = PointVAE(PointGANConfig.tiny())
    for part in vae.requires_grad_(False).parameters():
        torch.nn.init.zeros_(part)
    x = torch.tensor([[0.1, 0.0], [0.0, 0.2]])
    assert float(vae.loss(x, torch.zeros(2, 2))) == pytest.approx((0.01 + 0.04) / 2 / (2 * 0.05**2))
    vae.encoder[-1].bias[0] = 2.0  # the mean of the first number of the code
    assert float(vae.loss(x, torch.zeros(2, 2))) == pytest.approx((0.01 + 0.04) / 2 / (2 * 0.05**2) + 2.0)


def test_a_moment_travels_small_and_a_race_is_painted(run):
    request = Race(seconds=0.5)
    sent = use_case.value(request, run[-1])
    assert sent["names"] == list(request.lanes) and len(json.dumps(sent)) < 14_000
    for lane, kind in zip(sent["lanes"], ("critic", "net", "arrows", "arrows"), strict=True):
        assert kind in lane and 0 <= lane["modes"] <= 9
    assert use_case.paint(run[-1]).size == (4 * use_case.PANE, use_case.PANE)
    told = use_case.numbers(request, run[-1])
    assert set(told["lanes"]) == set(request.lanes) and told["lanes"]["flow"]["updates"] > 0


def test_a_drawing_can_be_raced_on():
    drawing = points.written(((0.5, 0.5), (-0.5, 0.0), (0.0, -0.5)))
    request = Race(**{**ALONE, "flow": True}, data="drawn", drawing=drawing, seconds=0.5)
    *_, last = use_case.race(None, request)
    (look,) = last.value.lanes
    assert look.name == "flow" and look.modes == -1


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (ALONE, "no_lane"),
        (dict.fromkeys(LANES, True), "many_lanes"),
        ({"seconds": 0}, "range"),
        ({"seconds": float("nan")}, "number"),
        ({"data": "square"}, "choice"),
        ({"gan": "yes"}, "flag"),
    ],
)
def test_a_request_is_checked(values, key):
    with pytest.raises(BadRequestError) as error:
        Race(**values)
    assert error.value.key == key


@pytest.mark.parametrize(
    ("drawing", "key"),
    [("", "no_points"), ("0,0; 0,0; 0.0,0", "few_points"), ("nan,0; 0,1; 1,1", "not_points"), ("<b>", "not_points")],
)
def test_a_drawing_is_checked(drawing, key):
    with pytest.raises(BadRequestError) as error:
        next(use_case.race(None, Race(data="drawn", drawing=drawing)))
    assert error.value.key == key


def test_a_diverged_lane_ends_the_race(monkeypatch):
    monkeypatch.setattr(lanes.LossLane, "healthy", lambda self: False)
    with pytest.raises(BadRequestError) as error:
        list(use_case.race(None, QUICK))
    assert error.value.key == "diverged"
