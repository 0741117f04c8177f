"""A GAN that learns points: both updates, the same training from the same seed, going on, saving, and its scripts."""

import base64
import dataclasses
import json
import math

import numpy as np
import pytest
import torch
from runs import last

from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import points
from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.services.gan import frames, pictures, requests
from aigc_demo.services.gan import points as live
from aigc_demo.services.gan.live import Training
from aigc_demo.services.gan.points import alone, begin, train
from aigc_demo.services.gan.requests import Points

TINY = PointGANConfig.tiny()
DRAWING = "0.1,0.2; -0.4,0.5"

pytestmark = pytest.mark.usefixtures("at_once")


def weights(model):
    return [part.detach().clone() for part in model.parameters()]


def same(before, model):
    return all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))


# the two updates


@pytest.mark.parametrize("loss", requests.LOSSES)
def test_each_side_moves_its_own_weights_only(loss):
    training = Training(Points(loss=loss), TINY)
    generator, critic = weights(training.generator), weights(training.critic)
    training.update_critic()
    assert same(generator, training.generator) and not same(critic, training.critic)
    critic = weights(training.critic)
    training.update_generator()
    assert same(critic, training.critic) and not same(generator, training.generator)
    assert all(part.requires_grad for part in training.critic.parameters())


def test_each_optimiser_knows_its_own_network_only():
    training = Training(Points(), TINY)
    for optimiser, model in zip(training.optimisers, (training.generator, training.critic), strict=True):
        held = [id(part) for group in optimiser.param_groups for part in group["params"]]
        assert held == [id(part) for part in model.parameters()]


def test_clipping_happens_with_every_update_of_its_loss():
    training = Training(Points(loss="wasserstein_clip", rate_critic=0.1), TINY)
    training.update_critic()
    assert max(float(part.detach().abs().max()) for part in training.critic.parameters()) <= training.loss.clip + 1e-7


def test_the_critic_learns_as_often_as_asked():
    training = Training(Points(updates=4), TINY)
    training.advance()
    steps = [next(iter(optimiser.state.values()))["step"].item() for optimiser in training.optimisers]
    assert steps == [1, 4]


def test_a_rate_of_zero_holds_a_side_still():
    training = Training(Points(rate_generator=0), TINY)
    before = weights(training.generator)
    training.advance()
    assert same(before, training.generator)


@pytest.mark.parametrize("loss", requests.LOSSES)
def test_a_critic_alone_learns_to_tell(loss):
    training = Training(Points(loss=loss, data="ring", rate_critic=0.01))
    for _ in range(40):
        training.advance("critic")
    real, fake = training.real(), training.generator(training.noise())
    assert float(training.critic(real).mean()) > float(training.critic(fake).mean())


def test_the_generator_comes_nearer():
    training = Training(Points(data="line", rate_generator=0.005, rate_critic=0.005), PointGANConfig(width=32, depth=2))
    watcher = frames.Watcher(training)
    before = watcher.frame((0, 0)).distance
    for _ in range(150):
        training.advance()
    assert watcher.frame((0, 0)).distance < 0.5 * before


# seeds


@pytest.mark.parametrize("data", requests.SETS)
def test_the_same_seed_gives_the_same_training_however_frames_fall(gans, data):
    request = Points(data=data, drawing=DRAWING, turns=6)
    first, other = last(gans.points(request)), Training(request, TINY)
    for _ in range(6):
        other.advance()
    assert np.array_equal(first.fake, frames.Watcher(other).frame((0, 0)).fake)
    third = last(gans.points(dataclasses.replace(request, seed=8)))
    assert not np.array_equal(first.fake, third.fake)


@pytest.mark.parametrize("loss", requests.LOSSES)
def test_two_presses_are_one_training(gans, loss):
    whole = last(train(Points(loss=loss, turns=6)))
    first = last(train(Points(loss=loss, turns=2)))
    then = last(train(Points(loss=loss, turns=4), first.saved))
    assert then.saved.step == whole.saved.step == 6
    assert np.array_equal(then.frame.fake, whole.frame.fake) and then.saved.plain
    assert whole.saved.arrays.keys() == then.saved.arrays.keys()
    for name, array in whole.saved.arrays.items():
        assert np.array_equal(array, then.saved.arrays[name]), name


def test_what_is_kept_is_plain_and_is_not_written_into(gans):
    first = last(train(Points(turns=1)))
    assert all(type(array) is np.ndarray for array in first.saved.arrays.values())
    before = {name: array.copy() for name, array in first.saved.arrays.items()}
    last(train(Points(turns=3), first.saved))
    assert all(np.array_equal(before[name], array) for name, array in first.saved.arrays.items())


def test_another_loss_set_or_seed_begins_anew_and_another_rate_does_not(gans):
    first = last(train(Points(turns=3)))
    for change in ({"loss": "logistic"}, {"data": "ring"}, {"seed": 8}):
        assert last(train(Points(turns=2, **change), first.saved)).saved.step == 2
    for change in ({"rate_critic": 0.01}, {"updates": 2}):
        assert last(train(Points(turns=2, **change), first.saved)).saved.step == 5
    other = Points(data="drawn", drawing="0,0", turns=1)
    drawn = last(train(other)).saved
    assert last(train(dataclasses.replace(other, drawing="0,0.5"), drawn)).saved.step == 1


def test_rates_are_felt_while_it_runs(gans):
    rates = iter([(0.002, 0.002)] * 4)

    def now():
        return next(rates, (0.0, 0.0))

    seen = [step.value for step in train(Points(turns=100), rates=now)]
    assert seen[1].saved.plain and not seen[-1].saved.plain
    assert np.array_equal(seen[-1].frame.fake, seen[-2].frame.fake), "a rate of 0 holds it still"


def test_one_side_alone_goes_on_from_what_is_kept(gans):
    first = last(train(Points(turns=2)))
    critic = alone(Points(), "critic", first.saved)
    assert np.array_equal(critic.frame.fake, first.frame.fake)
    assert not np.array_equal(critic.frame.critic, first.frame.critic)
    assert math.isnan(critic.frame.loss_generator) and not critic.saved.plain
    moved = alone(Points(), "generator", critic.saved)
    assert not np.array_equal(moved.frame.fake, first.frame.fake) and moved.saved.step == 2 + 2 * live.ALONE


# frames


def test_a_run_begins_untrained_counts_its_turns_and_ends_in_time(gans):
    steps = list(train(Points(turns=45)))
    assert (steps[0].done, steps[0].total, steps[0].value.frame.step) == (0, 45, 0)
    done = [step.done for step in steps]
    assert done == sorted(set(done)) and done[-1] == 45
    assert max(after - before for before, after in zip(done, done[1:], strict=False)) <= live.TURNS
    hasty = list(train(Points(turns=2000), seconds=0))
    assert [step.done for step in hasty] == [0, hasty[-1].done] and 0 < hasty[-1].done <= live.TURNS


def test_frames_are_thinned_out_and_keep_both_ends(gans, monkeypatch):
    monkeypatch.setattr(live, "TURNS", 1)
    kept = last(train(Points(turns=2 * live.KEPT))).saved.frames
    assert kept[0].step == 0 and kept[-1].step == 2 * live.KEPT
    assert live.KEPT / 2 <= len(kept) <= live.KEPT


def test_a_frame_is_in_its_bounds(gans):
    for loss in requests.LOSSES:
        frame = last(gans.points(Points(loss=loss, turns=2)))
        assert frame.critic.shape == (frames.SIDE, frames.SIDE) and np.abs(frame.critic).max() <= 1
        assert float(np.linalg.norm(frame.pull, axis=1).max()) == pytest.approx(1, abs=1e-5)
        assert frame.grid.shape == (frames.NET, frames.NET, 2) and 0 < frame.floor < 0.2 and frame.distance > 0


def test_pull_goes_up_the_critic():
    training = Training(Points(loss="wasserstein_clip"), TINY)
    watcher = frames.Watcher(training)
    fake = training.generator(watcher.noise[: frames.ARROWS]).detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(training.critic(fake).sum(), fake)
    pull = torch.from_numpy(watcher.frame((0, 0)).pull)
    torch.testing.assert_close(pull, slope / slope.norm(dim=1).max())


def test_the_map_stands_as_the_plot_does():
    training = Training(Points(loss="wasserstein_clip"), TINY)
    training.critic.forward = lambda x: 2 * x[:, 0] + x[:, 1]  # rises to the right, and less so upwards
    shown = frames.Watcher(training).frame((0, 0)).critic
    assert (np.diff(shown, axis=1) > 0).all() and (np.diff(shown, axis=0) > 0).all()
    assert np.diff(shown, axis=1).mean() == pytest.approx(2 * np.diff(shown, axis=0).mean(), rel=1e-4)


def test_distance_of_a_shift_is_known_and_that_of_itself_is_zero():
    cloud = torch.randn(300, 2)
    assert frames.distance(cloud, cloud[torch.randperm(300)]) == pytest.approx(0, abs=1e-6)
    shifted = frames.distance(cloud, cloud + torch.tensor([0.3, 0.0]))
    assert shifted == pytest.approx(0.3 * 2 / math.pi, rel=0.01)  # the mean of |cos| over all directions


def test_modes_are_counted_as_documented():
    centres = torch.tensor(points.CENTRES)
    assert frames.modes(centres.repeat(10, 1)) == (9, 1.0)
    assert frames.modes(centres[:1].repeat(90, 1)) == (1, 1.0)
    assert frames.modes(torch.zeros(50, 2) + 0.4) == (0, 0.0)
    rare = torch.cat([centres[:1].repeat(99, 1), centres[1:2]])  # 1 % is less than SHARE
    assert frames.modes(rare) == (1, 1.0)


def test_a_frame_travels_small_and_comes_back(gans):
    moment = last(train(Points(turns=3)))
    value = live.moment_value(Points(), moment)
    assert len(json.dumps({**value, "real": ""}, allow_nan=False)) < 4500
    back = np.frombuffer(base64.b64decode(value["fake"]), "<i2").reshape(-1, 2) * pictures.UNIT
    assert np.abs(back - moment.frame.fake).max() <= pictures.UNIT
    assert live.moment_value(Points(), begin(Points()))["losses"] == [None, None]
    assert value["run"] != live.moment_value(Points(seed=8), moment)["run"]


# bad input


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rate_generator": math.nan}, "rate_generator must be a number"),
        ({"rate_critic": -0.1}, "rate_critic must be between 0 and 0.1"),
        ({"turns": 0}, "turns must be between 1 and 20000"),
        ({"updates": 11}, "updates must be between 1 and 10"),
        ({"data": "moons"}, "data must be one of grid, ring"),
        ({"loss": None}, "loss must be text"),
        ({"seed": -1}, "seed must be between"),
        ({"drawing": 7}, "drawing must be text"),
    ],
)
def test_bad_values_are_one_sentence(values, words):
    with pytest.raises(BadRequestError, match=words):
        Points(**values)


def test_a_set_drawn_by_hand_needs_points(gans):
    with pytest.raises(BadRequestError, match="No points are drawn yet"):
        next(train(Points(data="drawn")))
    with pytest.raises(BadRequestError, match="No points are drawn yet"):
        begin(Points(data="drawn"))
    assert last(gans.points(Points(data="drawn", drawing="0.5,0.5", turns=1))).step == 1


def test_a_training_that_runs_away_ends_with_a_sentence(gans, monkeypatch):
    advance = Training.advance

    def broken(self, side="both"):
        found = advance(self, side)
        if self.step == 3:
            self.critic.layers[0].weight.data[0, 0] = math.nan
        return found

    monkeypatch.setattr(Training, "advance", broken)
    monkeypatch.setattr(live, "TURNS", 1)
    seen = []
    with pytest.raises(BadRequestError, match="ran away"):
        for step in train(Points(turns=9)):
            seen.append(step.value.saved)
    assert seen[-1].step == 2 and all(np.isfinite(array).all() for array in seen[-1].arrays.values())


def test_there_is_an_end_to_a_training(gans):
    first = last(train(Points(turns=2)))
    full = dataclasses.replace(first.saved, step=requests.MOST)
    with pytest.raises(BadRequestError, match="all 20000 turns"):
        next(train(Points(), full))


# what a program gets


def test_a_program_gets_a_picture_and_figures_every_time_the_same(gans):
    steps = [step.value for step in gans.service.answer("gan_points", Points(turns=45))]
    assert steps[0]["step"] == 0 and steps[0]["loss_critic"] is None, "a loss that is not known is no number"
    assert [told["step"] for told in steps[:-1]] == sorted({told["step"] for told in steps[:-1]})
    answer = steps[-1]
    assert answer.name == "gan_points-7.png" and answer.file.startswith(b"\x89PNG")
    assert (answer.result["step"], answer.result["device"], answer.result["seed"]) == (45, "CPU", 7)
    frame = last(gans.points(Points(turns=45)))
    assert answer.result["distance"] == pictures.known(frame.distance) and 0 <= answer.result["modes"] <= 9
    json.dumps(answer.result, allow_nan=False)
