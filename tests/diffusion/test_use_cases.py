"""The diffusion use-cases: properties of every run on tiny weights, and what the shipped weights must do."""

import dataclasses

import numpy as np
import pytest
from runs import last

from aigc_demo.core import threads
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import rules
from aigc_demo.data import images
from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.services.diffusion import requests
from aigc_demo.services.diffusion.denoising import tile
from aigc_demo.services.diffusion.hub import describe
from aigc_demo.services.diffusion.library import own
from aigc_demo.services.diffusion.requests import (
    ANY,
    COUNTS,
    Beside,
    Cut,
    Draw,
    Forward,
    Grid,
    Redraw,
    Samplers,
    Walk,
)

STEPS = 4
NEAR = {"rtol": 0, "atol": 1e-4}
DETERMINISTIC = tuple(name for name in SAMPLERS if name != "ddpm")
REQUESTS = (Draw, Forward, Redraw, Walk, Grid, Samplers, Cut, Beside, requests.Hub)


def run(service, **values):
    """Frames of a run."""
    return [step.value for step in service.draw(Draw(**{"steps": STEPS, **values}))]


def picture(service, **values):
    """The finished picture of a run."""
    return run(service, **values)[-1].x


def same(a, b):
    np.testing.assert_allclose(a, b, **NEAR)


class Counter:
    """Counts the calls of a network while it is open."""

    def __init__(self, service):
        self.calls = 0
        self.unet = service.store.load(requests.CHECKPOINT).unet

    def __enter__(self):
        self.hook = self.unet.register_forward_hook(self.count)
        return self

    def __exit__(self, *_):
        self.hook.remove()

    def count(self, *_):
        self.calls += 1


# one run


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_seed_is_a_picture(service, sampler):
    first = picture(service, seed=3, sampler=sampler)
    assert np.array_equal(first, picture(service, seed=3, sampler=sampler))
    assert np.abs(first - picture(service, seed=4, sampler=sampler)).max() > 0.1


def test_eta_is_fresh_noise_of_the_same_seed(service):
    noisy = picture(service, eta=1.0)
    assert np.array_equal(noisy, picture(service, eta=1.0))
    assert np.abs(noisy - picture(service, eta=0.0)).max() > 0.1


@pytest.mark.parametrize("guidance", [0, 1, 1.5, 10])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_frame_recombines(service, sampler, guidance):
    for frame in run(service, sampler=sampler, guidance=guidance, steps=7, eta=0.5):
        a = frame.alpha_bar
        same(a**0.5 * frame.x0 + (1 - a) ** 0.5 * frame.eps, frame.x)


def test_a_thousand_frames_recombine(service):
    made = run(service, sampler="ddpm", steps=1000, guidance=1)
    assert [frame.level for frame in made] == [*range(999, -1, -1), -1]
    for frame in made:
        a = frame.alpha_bar
        same(a**0.5 * frame.x0 + (1 - a) ** 0.5 * frame.eps, frame.x)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_guided_runs_carry_both_noises(service, sampler):
    for frame in run(service, sampler=sampler, guidance=2.5)[:-1]:
        same(frame.eps_null + 2.5 * (frame.eps_class - frame.eps_null), frame.eps)
        assert np.abs(frame.eps_class - frame.eps_null).max() > 0


@pytest.mark.parametrize("values", [{"guidance": 0}, {"guidance": 1}, {"digit": ANY, "guidance": 5}])
def test_unguided_runs_have_one_noise(service, values):
    frames = run(service, **values)
    assert all(frame.eps_null is None and frame.eps_class is None for frame in frames)
    assert set(tile(frames[0]).panes) == {"x", "x0", "eps"}


def test_without_guidance_the_digit_does_not_matter(service):
    assert np.array_equal(picture(service, digit=1, guidance=0), picture(service, digit=8, guidance=0))
    assert np.array_equal(picture(service, digit=1, guidance=0), picture(service, digit=ANY, guidance=3))


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_steps_are_counted(service, steps):
    made = list(service.draw(Draw(steps=steps)))
    assert [step.done for step in made] == list(range(steps + 1))
    assert {step.total for step in made} == {steps}
    assert made[0].value.level == 999 and made[-1].value.level == -1 and made[-1].value.alpha_bar == 1
    assert made[-1].value.x.dtype == np.float32


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("taken", [1, 5])
def test_a_closed_run_asks_the_network_no_more(service, sampler, taken):
    with Counter(service) as counter:
        steps = service.draw(Draw(steps=1000, sampler=sampler))
        for _ in range(taken):
            next(steps)
        steps.close()
        per_step = 2 if sampler == "heun" else 1
        assert counter.calls <= per_step * taken


@pytest.mark.parametrize(
    "make",
    [
        lambda service: service.walk(Walk(frames=2, steps=50)),
        lambda service: service.grid(Grid(seeds=1, steps=50)),
        lambda service: service.redraw(Redraw(level=999, steps=1000)),
        lambda service: service.samplers(Samplers()),
        lambda service: service.cut(Cut()),
        lambda service: service.beside(Beside(steps=100)),
        lambda service: service.service.save("diffusion_draw", Draw(steps=1000), "gif"),
        lambda service: service.service.save("diffusion_beside", Beside(steps=100), "png"),
    ],
)
def test_other_runs_stop_too(shipped, make):
    with Counter(shipped) as counter:
        steps = make(shipped)
        while not counter.calls:
            next(steps)
        steps.close()
        assert 1 <= counter.calls <= threads.cores()  # one step: a large batch goes in parts


# several pictures


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_cell_of_the_grid_is_the_single_draw(service, sampler):
    seeds = 3
    cells = last(service.grid(Grid(seed=5, seeds=seeds, steps=STEPS, sampler=sampler)))
    assert cells.shape == (10 * seeds, 1, 16, 16)
    for digit, place in ((0, 0), (4, 2), (9, 1)):
        same(cells[digit * seeds + place], picture(service, digit=digit, seed=5 + place, sampler=sampler))


def test_seeds_of_the_grid_go_round(service):
    cells = last(service.grid(Grid(seed=2**32 - 1, seeds=2, steps=1)))
    same(cells[1], picture(service, digit=0, seed=0, sampler="dpmpp", steps=1))


@pytest.mark.parametrize("sampler", DETERMINISTIC)
def test_a_walk_goes_from_seed_to_seed(service, sampler):
    stops = last(service.walk(Walk(digit=2, seed_from=8, seed_to=9, frames=5, steps=STEPS, sampler=sampler)))
    assert stops.shape == (5, 1, 16, 16)
    same(stops[0], picture(service, digit=2, seed=8, sampler=sampler))
    same(stops[-1], picture(service, digit=2, seed=9, sampler=sampler))
    back = last(service.walk(Walk(digit=2, seed_from=9, seed_to=8, frames=5, steps=STEPS, sampler=sampler)))
    same(back[::-1], stops)
    assert all(np.abs(a - b).max() > 1e-3 for a, b in zip(stops, stops[1:], strict=False))


def test_an_ancestral_walk_starts_at_its_seed(service):
    stops = last(service.walk(Walk(digit=2, seed_from=8, seed_to=9, frames=3, steps=STEPS, sampler="ddpm")))
    same(stops[0], picture(service, digit=2, seed=8, sampler="ddpm"))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_walk_between_equal_seeds_stands_still(service, sampler):
    stops = last(service.walk(Walk(seed_from=6, seed_to=6, frames=3, steps=STEPS, sampler=sampler)))
    for stop in stops:
        same(stop, picture(service, digit=3, seed=6, sampler=sampler))


def test_the_shortest_walk_is_its_two_ends(service):
    stops = last(service.walk(Walk(seed_from=1, seed_to=2, frames=2, steps=2, sampler="ddim")))
    assert len(stops) == 2
    same(stops[1], picture(service, digit=3, seed=2, steps=2))


def test_all_samplers_from_one_noise(service):
    rows = last(service.samplers(Samplers(digit=5, seed=11)))
    assert [row.sampler for row in rows] == list(SAMPLERS)
    for row in rows:
        assert len(row.pictures) == len(row.milliseconds) == len(COUNTS)
        same(row.pictures[1], picture(service, digit=5, seed=11, sampler=row.sampler, steps=COUNTS[1]))
    same(rows[0].pictures, next(row.pictures for row in rows if row.sampler == "euler"))  # one formula


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_cut_run(service, sampler):
    made = last(service.cut(Cut(few=3, many=8, seed=4, sampler=sampler)))
    long = run(service, digit=5, seed=4, steps=8, sampler=sampler)
    same(made.few, picture(service, digit=5, seed=4, steps=3, sampler=sampler))
    same(made.cut, long[3].x)
    same(made.cut_x0, long[3].x0)
    same(made.many, long[-1].x)


def test_a_run_cut_at_its_end_is_finished(service):
    made = last(service.cut(Cut(few=4, many=4)))
    same(made.few, made.many)
    same(made.cut, made.many)


def test_a_long_run_is_not_shorter_than_the_short_one():
    with pytest.raises(BadRequestError, match="many must be between 20 and 100, got 5"):
        Cut(few=20, many=5)


# real and drawn digits


def test_forward_is_add_noise(shipped):
    first = last(shipped.forward(Forward(sample=3)))
    schedule, clean = first.schedule, images.to_bytes(first.x0)
    assert len(schedule) == 1000
    for level in (0, 1, 400, 998, 999):
        made = last(shipped.forward(Forward(sample=3, seed=2, level=level)))
        a = schedule[level]
        same(made.x, a**0.5 * made.x0 + (1 - a) ** 0.5 * made.eps)
        assert (made.level, made.alpha_bar) == (level, a)
        assert made.snr_db == pytest.approx(10 * np.log10(a / (1 - a)), rel=1e-5)
        assert np.array_equal(images.to_bytes(made.x0), clean)
    assert 0.9 < made.eps.std() < 1.1 and np.abs(made.x - made.eps).max() < 0.1


def test_a_drawing_comes_before_the_sample(shipped):
    drawn = np.full((32, 32), -1, np.float32)
    drawn[8:24, 15:18] = 1
    url = images.to_data_url(images.to_pil(drawn))
    same(last(shipped.forward(Forward(sample=3, drawing=url))).x0, drawn)


@pytest.mark.parametrize("sampler", DETERMINISTIC)
def test_redrawn_from_the_lowest_level_a_picture_stays(shipped, sampler):
    frames = [step.value for step in shipped.redraw(Redraw(sample=60, level=0, sampler=sampler))]
    assert list(tile(frames[0]).panes) == ["given", "x", "x0"]
    assert [frame.level for frame in frames] == [0, -1]
    before = last(shipped.forward(Forward(sample=60))).x0
    assert np.abs(frames[-1].x[0] - before).mean() < 0.02


def test_redrawn_from_the_highest_level_a_picture_is_forgotten(shipped):
    made = [last(shipped.redraw(Redraw(sample=sample, level=999, digit=3, steps=5))).x for sample in (0, 190)]
    assert np.abs(made[0] - made[1]).mean() < 0.05
    drawn = picture(shipped, digit=3, seed=7, steps=5)
    assert np.abs(made[0] - drawn).mean() < 0.05


def test_redrawing_takes_no_more_steps_than_there_are_levels(shipped):
    made = list(shipped.redraw(Redraw(level=2, steps=50)))
    assert [step.value.level for step in made] == [2, 1, 0, -1]
    assert [step.done for step in made] == [0, 1, 2, 3] and made[0].total == 3


def test_redrawing_keeps_more_from_a_lower_level(shipped):
    before = last(shipped.forward(Forward(sample=140))).x0
    moved = [
        np.abs(last(shipped.redraw(Redraw(sample=140, level=level, steps=5))).x[0] - before).mean()
        for level in (100, 500, 950)
    ]
    assert moved == sorted(moved)


# bounds


@pytest.mark.parametrize("request_class", REQUESTS)
def test_defaults_are_inside_their_bounds(request_class):
    made = request_class()
    for name, (kind, rule) in rules(request_class).items():
        assert rule is not None and isinstance(getattr(made, name), kind)


@pytest.mark.parametrize("request_class", REQUESTS)
@pytest.mark.parametrize(
    "value",
    [None, [], {}, True, float("nan"), float("inf"), 10**400, -(10**400), "seven", b"x"],
    ids=["null", "list", "dict", "true", "nan", "inf", "huge", "-huge", "text", "bytes"],
)
def test_no_field_takes_nonsense(request_class, value):
    for field in dataclasses.fields(request_class):
        if isinstance(value, str) and isinstance(field.default, str):
            continue  # a text, and judged as one
        with pytest.raises(BadRequestError) as error:
            request_class(**{field.name: value})
        assert str(error.value).startswith(field.name) and len(str(error.value)) < 200


def test_weights_of_another_kind_are_no_checkpoint_to_draw_with(service):
    for name in ("judge-digits", "../secret"):
        with pytest.raises(NotFoundError, match="There is no checkpoint called"):
            list(service.draw(Draw(checkpoint=name)))
    assert Draw(checkpoint="") == Draw(), "none is the one that ships"


def test_our_own_opens_as_a_model_of_the_hub_and_draws_what_it_draws_here(shipped):
    """By UNet2DModel and back, on the levels of a DDIMScheduler, for every seed and sampler the same digit."""
    for sampler, seed in (("ddim", 7), ("ddpm", 3), ("dpmpp", 4)):
        theirs = last(shipped.hub(requests.Hub(seed=seed, sampler=sampler, steps=STEPS))).x
        same(theirs, picture(shipped, digit=ANY, guidance=1.0, seed=seed, sampler=sampler))
    assert own(shipped.store) is own(shipped.store)  # a run does not convert it anew
    told = describe(requests.Hub().name)
    assert told["picture"] == [1, 32, 32] and told["classes"] == 10 and 1 < told["megabytes"] < 20
