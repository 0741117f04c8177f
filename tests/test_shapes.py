"""The shapes: each factor does what it says, none is cut, and the held-out ones stay out of training."""

import math

import pytest
import torch
from torch import Tensor

from aigc_demo.data.shapes import (
    FACTORS,
    SHAPES,
    SIDE,
    SIZES,
    draw,
    draw_values,
    held_out,
    held_out_batch,
    random_factors,
    training_batch,
    values_of,
)

KINDS = range(len(SHAPES))
MIDDLE = SIDE / 2
FIRST_HELD_OUT = [0, 11, 28, 43, 45, 56, 65, 72]  # numbers of pictures, the last factor counting up first
TURNS = torch.linspace(0, 2 * math.pi, 97)[:-1].tolist()


def one(kind: int, scale: float = 1.0, rotation: float = 0.0, x: float = MIDDLE, y: float = MIDDLE) -> Tensor:
    """One picture (64, 64)."""
    return draw_values(torch.tensor([[kind, scale, rotation, x, y]]))[0, 0]


def centre(picture: Tensor) -> tuple[float, float]:
    """Centre of mass (x, y) in pixels."""
    place = torch.arange(SIDE) + 0.5
    share = picture / picture.sum()
    return float((share.sum(0) * place).sum()), float((share.sum(1) * place).sum())


def spread(picture: Tensor) -> tuple[float, float]:
    """Standard deviation of the mass along x and y."""
    x, y = centre(picture)
    place = torch.arange(SIDE) + 0.5
    share = picture / picture.sum()
    return (
        float((share.sum(0) * (place - x).square()).sum().sqrt()),
        float((share.sum(1) * (place - y).square()).sum().sqrt()),
    )


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_pictures_are_white_on_black_with_smooth_edges():
    pictures, indices = training_batch(50, generator())
    assert pictures.shape == (50, 1, SIDE, SIDE) and pictures.dtype == torch.float32
    assert indices.shape == (50, len(FACTORS)) and indices.dtype == torch.int64
    assert pictures.amin() == 0 and (pictures.amax((1, 2, 3)) == 1).all()
    grey = ((pictures > 0) & (pictures < 1)).float().mean((1, 2, 3))
    assert (grey > 0).any() and (grey < 0.04).all()


def inside(name: str, x: Tensor, y: Tensor) -> Tensor:
    """Which points, seen from the centre of the upright shape at scale 1, belong to it. y runs down."""
    if name == "square":
        return (x.abs() <= 10.5) & (y.abs() <= 10.5)
    if name == "ellipse":
        return (x / 15).square() + (y / 9.5).square() <= 1
    side, low = 8 / math.sqrt(2), 8 * math.sqrt(2) * (math.pi / 2 + 2 / 3) / (math.pi + 4)
    discs = [torch.hypot(x - sign * side, y - low + side) <= 8 for sign in (-1, 1)]
    return (x.abs() + (y - low).abs() <= 2 * side) | discs[0] | discs[1]


@pytest.mark.parametrize("name", SHAPES)
def test_a_pixel_is_as_bright_as_the_share_that_is_covered(name):
    """Counted at 16 x 16 points of each pixel."""
    place = (torch.arange(SIDE * 16) + 0.5) / 16
    for turn, scale, x, y in [
        (0.0, 1.0, 32.0, 32.0),
        (0.7, 1.0, 31.3, 33.8),
        (2.9, 0.7, 20.6, 40.1),
        (5.5, 0.5, 30, 30),
    ]:
        right, down = (place - x) / scale, (place[:, None] - y) / scale
        own_x = math.cos(turn) * right + math.sin(turn) * down
        own_y = math.cos(turn) * down - math.sin(turn) * right
        covered = inside(name, own_x, own_y).float().view(SIDE, 16, SIDE, 16).mean((1, 3))
        error = (one(SHAPES.index(name), scale, turn, x, y) - covered).abs()
        assert error.max() < 0.26 and error.sum() / covered.sum() < 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_area_grows_with_the_square_of_the_scale(kind):
    areas = [float(one(kind, scale=scale, rotation=0.3).sum()) for scale in FACTORS[1].values]
    full = {"square": 21.0**2, "ellipse": math.pi * 15 * 9.5, "heart": 8**2 * (4 + math.pi)}[SHAPES[kind]]
    for scale, area in zip(FACTORS[1].values, areas, strict=True):
        assert area == pytest.approx(full * scale**2, rel=0.015)
    assert areas == sorted(areas)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turn", TURNS[::8])
def test_the_centre_of_mass_is_where_x_and_y_say(kind, turn):
    for x, y in [(16.5, 47.5), (32.25, 20.0), (47.5, 30.9)]:
        assert centre(one(kind, rotation=turn, x=x, y=y)) == pytest.approx((x, y), abs=0.06)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_in_x_or_y_moves_the_picture_by_one_pixel(kind):
    start = torch.tensor([[kind, 3, 7, 10, 20]])
    here = draw(start)
    right, down = (draw(start + torch.tensor([[0, 0, 0, *step]])) for step in ((1, 0), (0, 1)))
    assert torch.allclose(right, here.roll(1, dims=3), atol=1e-4)
    assert torch.allclose(down, here.roll(1, dims=2), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_turn_changes_nothing_and_a_small_one_does(kind):
    for turn in (0.0, 0.4, 2.0):
        assert torch.allclose(one(kind, rotation=turn), one(kind, rotation=turn + 2 * math.pi), atol=1e-3)
    assert (one(kind, rotation=0.4) - one(kind, rotation=0.4 + 2 * math.pi / 40)).abs().max() > 0.1


@pytest.mark.parametrize(("name", "turns"), [("square", 4), ("ellipse", 2), ("heart", 1)])
def test_each_shape_has_its_own_symmetry(name, turns):
    kind = SHAPES.index(name)
    for part in (2, 3, 4):
        same = torch.allclose(one(kind), one(kind, rotation=2 * math.pi / part), atol=1e-3)
        assert same == (turns % part == 0), f"a turn by 1/{part}"


def test_a_heart_stands_on_its_tip_and_turns_clockwise():
    kind = SHAPES.index("heart")
    upright = one(kind)
    assert torch.allclose(upright, upright.flip(1), atol=1e-3), "left and right mirror each other"
    rows = (upright > 0.5).sum(1)
    inked = rows.nonzero().flatten()
    assert rows[inked[0]] > 4 and rows[inked[-1]] <= 2, "wide above, a tip below"
    top = upright[inked[0] + 1] > 0.5
    assert not top[SIDE // 2] and top.any(), "a notch between the lobes"
    quarter = one(kind, rotation=math.pi / 2)
    assert torch.allclose(quarter, upright.rot90(-1, (0, 1)), atol=1e-3)


def test_an_ellipse_lies_and_is_longer_than_high():
    assert spread(one(SHAPES.index("ellipse"))) == pytest.approx((15 / 2, 9.5 / 2), rel=0.01)


def test_nothing_is_cut_at_the_border():
    ends = [(0, size - 1) for size in SIZES[3:]]
    rows = [
        (kind, SIZES[1] - 1, turn, x, y) for kind in KINDS for turn in range(SIZES[2]) for x in ends[0] for y in ends[1]
    ]
    pictures = draw(torch.tensor(rows))
    border = torch.ones(SIDE, SIDE, dtype=torch.bool)
    border[1:-1, 1:-1] = False
    assert pictures[:, 0, border].max() == 0


def test_pictures_differ_where_factors_do():
    start = torch.tensor([[2, 2, 5, 9, 9]])
    for column in range(len(FACTORS)):
        other = start.clone()
        other[0, column] -= 1
        assert (draw(start) - draw(other)).abs().max() > 0.1, FACTORS[column].name


def test_indices_stand_for_the_values_of_the_table():
    assert math.prod(SIZES) == 737_280
    indices = torch.stack([torch.zeros(5, dtype=torch.long), torch.tensor(SIZES) - 1])
    expected = torch.tensor([[factor.values[0], factor.values[-1]] for factor in FACTORS]).T
    assert torch.equal(values_of(indices), expected)


def test_a_batch_is_drawn_as_its_pictures_are_alone():
    indices = random_factors(30, generator())
    assert torch.equal(draw(indices), torch.cat([draw(row[None]) for row in indices]))


def test_random_factors_reach_every_value_evenly():
    indices = random_factors(40_000, generator())
    for column, size in zip(indices.T, SIZES, strict=True):
        counts = torch.bincount(column, minlength=size)
        assert len(counts) == size
        assert (counts / 40_000 - 1 / size).abs().max() < 5 * math.sqrt(1 / size / 40_000)


def test_a_tenth_is_held_out_whatever_the_factor():
    every = torch.cartesian_prod(*(torch.arange(size) for size in SIZES))
    held = held_out(every)
    assert held.double().mean() == pytest.approx(0.1, abs=0.002)
    for column, size in zip(every.T, SIZES, strict=True):
        shares = torch.bincount(column, weights=held.double(), minlength=size) / (len(every) / size)
        assert (shares - 0.1).abs().max() < 0.012


def test_the_split_is_fixed():
    """Trainings that lie apart in time must agree on it, so its first members are written down."""
    every = torch.cartesian_prod(*(torch.arange(size) for size in SIZES))
    assert held_out(every).nonzero().flatten()[:8].tolist() == FIRST_HELD_OUT


def test_training_never_sees_what_is_held_out():
    source = generator()
    for _ in range(20):
        assert not held_out(training_batch(64, source)[1]).any()
        assert held_out(held_out_batch(8, source)[1]).all()


def test_a_seed_gives_the_same_batch_again():
    first, second, other = (training_batch(16, generator(seed)) for seed in (3, 3, 4))
    assert torch.equal(first[0], second[0]) and torch.equal(first[1], second[1])
    assert not torch.equal(first[1], other[1])
    assert torch.equal(first[0], draw(first[1]))


def test_forty_rotations_go_once_around():
    hearts = draw(torch.tensor([[SHAPES.index("heart"), 5, turn, 15, 15] for turn in range(40)]))
    steps = (hearts - hearts.roll(1, 0)).abs().sum((1, 2, 3))
    assert steps.min() > 0.5 * steps.max(), "the step from the last back to the first is like the others"
    squares = draw(torch.tensor([[SHAPES.index("square"), 5, turn, 15, 15] for turn in range(40)]))
    assert torch.allclose(squares, squares.roll(10, 0), atol=1e-3), "ten steps are a quarter turn"
