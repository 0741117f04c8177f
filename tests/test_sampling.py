"""Sampling: schedules, predictions, each step against diffusers' scheduler of the same name, seeds."""

import math

import diffusers
import pytest
import torch

from aigc_demo.sampling import samplers
from aigc_demo.sampling.names import PREDICTIONS, SAMPLERS
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser, Estimate, noise_of, split
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import add_noise, alpha_bar, log_snr

THEIR_SCHEDULE = {"linear": "linear", "cosine": "squaredcos_cap_v2"}
THEIR_PREDICTION = {"eps": "epsilon", "v": "v_prediction"}
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}
DIFFUSIONS = ("cosine", "linear")  # schedules that diffusers has too


def pictures(seed: int, count: int = 2) -> torch.Tensor:
    return SeededNoise(range(seed, seed + count)).draw((1, 8, 8))


def settings(schedule: str, prediction: str) -> dict:
    return {
        "beta_schedule": THEIR_SCHEDULE[schedule],
        "prediction_type": THEIR_PREDICTION[prediction],
        "timestep_spacing": "trailing",
    }


@pytest.mark.parametrize("schedule", DIFFUSIONS)
def test_schedules_agree_with_diffusers(schedule):
    theirs = diffusers.DDPMScheduler(beta_schedule=THEIR_SCHEDULE[schedule]).alphas_cumprod
    torch.testing.assert_close(alpha_bar(schedule).float(), theirs, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("schedule", DIFFUSIONS)
def test_noise_only_grows(schedule):
    ratio = log_snr(alpha_bar(schedule))
    assert (ratio.diff() < 0).all() and ratio[0] > 20 and ratio[-1] < -40


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ValueError, match="schedule must be one of"):
        alpha_bar("quadratic")


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_what_a_perfect_network_says_splits_into_picture_and_noise(prediction):
    x0, eps, a = pictures(0), pictures(10), 0.37
    alpha, sigma = math.sqrt(a), math.sqrt(1 - a)
    output = {"eps": eps, "v": alpha * eps - sigma * x0, "flow": eps - x0}[prediction]
    x = add_noise(x0, eps, torch.tensor(a))
    got_x0, got_eps = split(output, x, a, prediction)
    torch.testing.assert_close(got_x0, x0, **TOLERANCE)
    torch.testing.assert_close(got_eps, eps, **TOLERANCE)
    torch.testing.assert_close(noise_of(x, x0, a), eps, **TOLERANCE)


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_any_prediction_recombines_to_what_was_seen(prediction):
    x, a = pictures(0), 0.2
    x0, eps = split(pictures(5), x, a, prediction)
    torch.testing.assert_close(add_noise(x0, eps, torch.tensor(a)), x, **TOLERANCE)


@pytest.mark.parametrize("steps", [1, 2, 7, 20, 250, 1000])
def test_timesteps_are_the_trailing_ones_of_diffusers(steps):
    theirs = diffusers.DDIMScheduler(timestep_spacing="trailing")
    theirs.set_timesteps(steps)
    assert trailing_timesteps(steps) == theirs.timesteps.tolist()


def test_timesteps_from_a_given_start():
    assert trailing_timesteps(5, start=499) == [499, 399, 299, 199, 99]
    assert trailing_timesteps(50, start=2) == [2, 1, 0]


def their_step(scheduler, position: int, output, x, **options):
    """One step of a diffusers scheduler at `position` of 10."""
    scheduler.set_timesteps(10)
    return scheduler.step(output, scheduler.timesteps[position], x, return_dict=False, **options)[0]


@pytest.mark.parametrize("position", [0, 4, 9])
@pytest.mark.parametrize("prediction", ["eps", "v"])
@pytest.mark.parametrize("schedule", DIFFUSIONS)
@pytest.mark.parametrize("eta", [0.0, 0.7])
def test_ddim_step_agrees_with_diffusers(schedule, prediction, position, eta):
    x, output, noise = pictures(0), pictures(5), pictures(9)
    theirs = diffusers.DDIMScheduler(clip_sample=False, **settings(schedule, prediction))
    expected = their_step(theirs, position, output, x, eta=eta, variance_noise=noise)
    a, a_next = around(schedule, position)
    x0, eps = split(output, x, a, prediction)
    close(samplers.ddim_step(x0, eps, a, a_next, eta, noise), expected, a)


def around(schedule: str, position: int) -> tuple[float, float]:
    """alpha_bar at this of 10 timesteps and at the next, with the float32 numbers that diffusers keeps."""
    theirs = diffusers.DDPMScheduler(beta_schedule=THEIR_SCHEDULE[schedule]).alphas_cumprod
    t = trailing_timesteps(10)
    return float(theirs[t[position]]), float(theirs[t[position + 1]]) if position < 9 else 1.0


def close(ours, theirs, a: float):
    """Within 1e-5 of the size of the numbers: with eps predicted from pure noise x_0 is thousands of units large."""
    scale = max(1.0, float(theirs.abs().max()))
    assert (ours - theirs).abs().max() <= 1e-5 * scale


@pytest.mark.parametrize("position", [0, 4, 9])
@pytest.mark.parametrize("prediction", ["eps", "v"])
@pytest.mark.parametrize("schedule", DIFFUSIONS)
def test_ddpm_step_agrees_with_diffusers(schedule, prediction, position):
    x, output = pictures(0), pictures(5)
    theirs = diffusers.DDPMScheduler(clip_sample=False, **settings(schedule, prediction))
    expected = their_step(theirs, position, output, x, generator=torch.Generator().manual_seed(3))
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(3))
    a, a_next = around(schedule, position)
    x0, _ = split(output, x, a, prediction)
    close(samplers.ddpm_step(x, x0, a, a_next, noise), expected, a)


@pytest.mark.parametrize("position", [0, 4, 9])
def test_euler_step_agrees_with_diffusers(position):
    theirs = diffusers.FlowMatchEulerDiscreteScheduler()
    theirs.set_timesteps(10)
    x, velocity = pictures(0), pictures(5)
    expected = theirs.step(velocity, theirs.timesteps[position], x, return_dict=False)[0]
    s, s_next = float(theirs.sigmas[position]), float(theirs.sigmas[position + 1])
    torch.testing.assert_close(samplers.euler_step(x, velocity, s, s_next), expected, **TOLERANCE)


@pytest.mark.parametrize("position", [0, 4, 8])
def test_heun_step_agrees_with_diffusers(position):
    theirs = diffusers.FlowMatchHeunDiscreteScheduler()
    theirs.set_timesteps(10)
    x, velocity, velocity_next = pictures(0), pictures(5), pictures(9)
    first = 2 * position  # diffusers lists the second look as a step of its own
    s, s_next = float(theirs.sigmas[first]), float(theirs.sigmas[first + 1])
    ahead = theirs.step(velocity, theirs.timesteps[first], x, return_dict=False)[0]
    torch.testing.assert_close(samplers.euler_step(x, velocity, s, s_next), ahead, **TOLERANCE)
    expected = theirs.step(velocity_next, theirs.timesteps[first + 1], ahead, return_dict=False)[0]
    torch.testing.assert_close(samplers.heun_step(x, velocity, velocity_next, s, s_next), expected, **TOLERANCE)


@pytest.mark.parametrize("position", [0, 3, 8, 9])
@pytest.mark.parametrize("schedule", DIFFUSIONS)
def test_dpmpp_step_agrees_with_diffusers(schedule, position):
    theirs = diffusers.DPMSolverMultistepScheduler(**settings(schedule, "v"))
    theirs.set_timesteps(10)
    before, x, now = pictures(0), pictures(5), pictures(9)
    a, a_next = around(schedule, position)
    x0_now, _ = split(now, x, a, "v")
    earlier = None
    if position:
        a_before, _ = around(schedule, position - 1)
        x0_before, _ = split(before, x, a_before, "v")
        theirs.step(before, theirs.timesteps[position - 1], x)
        earlier = (x0_before, a_before)
    expected = theirs.step(now, theirs.timesteps[position], x, return_dict=False)[0]
    close(samplers.dpmpp_step(x, x0_now, a, a_next, earlier), expected, a)


def perfect(x0: torch.Tensor):
    """A denoiser that knows the picture."""
    return lambda x, t, a: Estimate(x0, noise_of(x, x0, a))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("steps", [1, 2, 20])
def test_a_perfect_predictor_recovers_the_picture(sampler, steps):
    x0, a = pictures(0), alpha_bar("cosine")
    run = list(sample(perfect(x0), pictures(5), trailing_timesteps(steps), a, sampler, noise=SeededNoise([1, 2])))
    assert len(run) == steps + 1 and run[-1].timestep == -1
    torch.testing.assert_close(run[-1].x, x0, rtol=1e-4, atol=1e-4)


def curved(x, t, a):
    """A denoiser whose answer depends on what it sees, so that samplers differ."""
    x0 = (x * (1 - a) + 0.5).tanh()
    return Estimate(x0, noise_of(x, x0, a))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_step_recombines(sampler):
    for step in sample(
        curved, pictures(3), trailing_timesteps(12), alpha_bar("cosine"), sampler, noise=SeededNoise([1, 2])
    ):
        again = add_noise(step.estimate.x0, step.estimate.eps, torch.tensor(step.alpha_bar))
        torch.testing.assert_close(again, step.x, rtol=1e-4, atol=1e-4)


def last(sampler, steps=8, seeds=(1, 2), start=None, **options):
    start = pictures(3) if start is None else start
    noise = SeededNoise(seeds)
    return list(sample(curved, start, trailing_timesteps(steps), alpha_bar("cosine"), sampler, noise=noise, **options))[
        -1
    ].x


def test_euler_is_ddim_at_the_same_timesteps():
    torch.testing.assert_close(last("euler"), last("ddim"), rtol=1e-4, atol=1e-5)


def test_heun_and_dpmpp_come_closer_than_euler_with_few_steps():
    goal = last("euler", steps=1000)
    error = {name: float((last(name, steps=10) - goal).abs().mean()) for name in ("euler", "heun", "dpmpp")}
    assert error["heun"] < error["euler"] and error["dpmpp"] < error["euler"]


def test_eta_adds_noise_and_ddpm_is_ddim_with_eta_one():
    assert not torch.equal(last("ddim", eta=0.5), last("ddim"))
    torch.testing.assert_close(last("ddim", eta=1.0), last("ddpm"), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_seed_gives_the_same_picture_in_any_batch(sampler):
    together = last(sampler, eta=0.5)
    alone = last(sampler, eta=0.5, seeds=(2,), start=pictures(4, 1))
    torch.testing.assert_close(together[1:], alone, rtol=1e-5, atol=1e-6)


def test_guidance_moves_away_from_no_class():
    asked = []

    def network(x, t, label):
        asked.append(label.tolist())
        return x * label.view(-1, 1, 1, 1)

    x, a = pictures(0), 0.5
    outputs = {}
    for scale in (0.0, 1.0, 3.0):
        outputs[scale] = Denoiser(network, "eps", torch.tensor([1, 2]), null=0, guidance=scale)(x, 5, a)
    assert asked == [[0, 0], [1, 2], [0, 0, 1, 2]]
    torch.testing.assert_close(outputs[3.0].eps, outputs[0.0].eps + 3 * (outputs[1.0].eps - outputs[0.0].eps))
    torch.testing.assert_close(outputs[3.0].eps_class, outputs[1.0].eps)
    assert outputs[1.0].eps_null is None


def test_the_names_that_need_no_torch_are_those_of_the_table():
    assert tuple(samplers.SAMPLERS) == SAMPLERS


def test_an_unknown_sampler_is_refused():
    with pytest.raises(ValueError, match="sampler must be one of ddim, dpmpp, heun, euler, ddpm, got plms"):
        next(sample(curved, pictures(3), [9], alpha_bar("cosine"), "plms"))


def test_the_flow_schedule_takes_even_steps_of_the_flow_time_and_ends_in_noise_alone():
    schedule = alpha_bar("flow", 10)
    torch.testing.assert_close(
        torch.tensor([samplers.flow_time(float(a)) for a in schedule]), (torch.arange(10) + 1) / 10
    )
    assert schedule[-1] == 0


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_comes_from_noise_alone_to_the_picture_that_a_perfect_network_sees(sampler):
    picture = torch.randn(1, 1, 4, 4)

    def perfect(x, t, a):
        return Estimate(picture, noise_of(x, picture, a))

    *_, last = sample(perfect, torch.randn(1, 1, 4, 4), trailing_timesteps(5), alpha_bar("flow"), sampler)
    torch.testing.assert_close(last.x, picture, atol=1e-5, rtol=1e-5)
