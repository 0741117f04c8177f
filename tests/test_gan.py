"""The losses of GANs, against hand computations; and the sets of points they are tried on."""

import math

import pytest
import torch
from torch import nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import points
from aigc_demo.models import gan
from aigc_demo.models.gan import LOSSES
from aigc_demo.models.point_gan import PointCritic, PointGANConfig, PointGenerator

REAL, FAKE = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 3.0])


def log_sigmoid(score):
    return math.log(1 / (1 + math.exp(-score)))


BY_HAND = {  # critic, generator, from REAL and FAKE
    "logistic": (
        -(log_sigmoid(2) + log_sigmoid(-1)) / 2 - (log_sigmoid(-0.5) + log_sigmoid(-3)) / 2,
        -(log_sigmoid(0.5) + log_sigmoid(3)) / 2,
    ),
    "least_squares": ((1 + 4) / 4 + (0.25 + 9) / 4, (0.25 + 4) / 4),
    "wasserstein_clip": (1.75 - 0.5, -1.75),
    "wasserstein_slope": (1.75 - 0.5, -1.75),
    "relativistic": (
        -(log_sigmoid(2 - 0.5) + log_sigmoid(-1 - 3)) / 2,
        -(log_sigmoid(0.5 - 2) + log_sigmoid(3 + 1)) / 2,
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_what_its_formula_says(name):
    critic, generator = BY_HAND[name]
    assert float(LOSSES[name].critic(REAL, FAKE)) == pytest.approx(critic, rel=1e-5)
    assert float(LOSSES[name].generator(REAL, FAKE)) == pytest.approx(generator, rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_the_two_sides_pull_the_score_of_a_made_sample_apart(name):
    fake = torch.zeros(3, requires_grad=True)
    for side, sign in ((LOSSES[name].critic, 1), (LOSSES[name].generator, -1)):
        (slope,) = torch.autograd.grad(side(torch.zeros(3), fake), fake)
        if name != "least_squares" or sign < 0:  # the least-squares critic is content with a score of 0
            assert (sign * slope > 0).all(), side


def test_large_scores_keep_losses_finite():
    for loss in LOSSES.values():
        for real, fake in ((REAL * 1e4, FAKE * 1e4), (-REAL * 1e4, -FAKE * 1e4)):
            assert loss.critic(real, fake).isfinite() and loss.generator(real, fake).isfinite()


def linear(*slope):
    """A critic with this gradient everywhere."""
    return lambda x: x @ torch.tensor(slope)


def test_slopes_of_a_linear_critic_are_its_weights():
    slope = gan.slopes_of(linear(0.6, -0.8), torch.randn(5, 2))
    torch.testing.assert_close(slope, torch.tensor([[0.6, -0.8]]).expand(5, 2))


def test_the_gradient_penalty_is_zero_at_slope_one_and_known_elsewhere():
    x = torch.randn(7, 2)
    assert float(gan.slope_one_penalty(gan.slopes_of(linear(0.6, -0.8), x))) == pytest.approx(0, abs=1e-10)
    assert float(gan.slope_one_penalty(gan.slopes_of(linear(3.0, 4.0), x))) == pytest.approx(16, rel=1e-5)
    assert float(gan.slope_zero_penalty(gan.slopes_of(linear(3.0, 4.0), x))) == pytest.approx(12.5, rel=1e-5)
    assert float(gan.slope_zero_penalty(gan.slopes_of(lambda x: 0 * x.sum(1), x))) == 0


def test_penalties_reach_the_critics_weights_even_where_it_is_flat():
    critic = nn.Linear(2, 1, bias=False)
    nn.init.zeros_(critic.weight)
    for penalty in (gan.slope_one_penalty, gan.slope_zero_penalty):
        (grown,) = torch.autograd.grad(penalty(gan.slopes_of(critic, torch.randn(4, 2))), critic.weight)
        assert grown.isfinite().all()
    critic.weight.data.fill_(2.0)
    (grown,) = torch.autograd.grad(gan.slope_one_penalty(gan.slopes_of(critic, torch.randn(4, 2))), critic.weight)
    assert (grown > 0).all()  # going down on it makes the critic flatter


def test_penalties_take_pictures_too():
    picture = torch.randn(3, 1, 4, 4)
    slope = gan.slopes_of(lambda x: x.sum(dim=(1, 2, 3)) / 4, picture)
    assert slope.shape == (3, 16)
    assert float(gan.slope_one_penalty(slope)) == pytest.approx(0, abs=1e-10)


def test_samples_between_lie_on_the_line():
    real, fake = torch.zeros(3, 1, 2, 2), torch.ones(3, 1, 2, 2)
    made = gan.between(real, fake, torch.tensor([0.0, 0.25, 1.0]))
    assert made.flatten(1).tolist() == [[1.0] * 4, [0.75] * 4, [0.0] * 4]


def test_clipping_bounds_every_weight_and_spares_small_ones():
    critic = PointCritic(PointGANConfig.tiny())
    critic.layers[0].weight.data.copy_(torch.linspace(-1, 1, 8).view(4, 2))
    before = critic.layers[0].weight.clone()
    gan.clip_weights(critic, 0.3)
    assert max(float(part.detach().abs().max()) for part in critic.parameters()) <= 0.3 + 1e-7
    small = before.abs() <= 0.3
    assert torch.equal(critic.layers[0].weight[small], before[small])


def test_networks_have_their_shapes_and_no_bound():
    config = PointGANConfig(noise=3, width=8, depth=2)
    generator, critic = PointGenerator(config), PointCritic(config)
    x = generator(torch.rand(5, 3))
    assert x.shape == (5, 2) and critic(x).shape == (5,)
    assert len([layer for layer in critic.modules() if isinstance(layer, nn.Linear)]) == 3
    assert not any(isinstance(layer, nn.Sigmoid | nn.Tanh) for layer in [*critic.modules(), *generator.modules()])


def test_first_weights_come_from_the_seed_alone():
    def first(seed):
        torch.manual_seed(seed + 100)  # not asked
        model = PointCritic(PointGANConfig(width=200, depth=2))
        gan.init_weights(model, torch.Generator().manual_seed(seed))
        return model

    assert torch.equal(first(1).layers[2].weight, first(1).layers[2].weight)
    assert not torch.equal(first(1).layers[2].weight, first(2).layers[2].weight)
    assert float(first(1).layers[2].weight.std()) == pytest.approx((2 / 200) ** 0.5, rel=0.02)
    assert float(first(1).layers[0].bias.abs().max()) == 0


# points


@pytest.mark.parametrize("name", [name for name in points.SETS if name != "drawn"])
def test_sets_fill_the_plot_and_follow_the_seed(name):
    def drawn(seed):
        return points.draw(name, 2000, torch.Generator().manual_seed(seed))

    assert drawn(1).shape == (2000, 2)
    assert torch.equal(drawn(1), drawn(1)) and not torch.equal(drawn(1), drawn(2))
    assert float(drawn(1).abs().max()) < 1.2
    assert float(drawn(1).abs().max()) > 0.75


def test_the_grid_has_nine_even_clouds_and_the_ring_a_hole():
    random = torch.Generator().manual_seed(0)
    grid = points.draw("grid", 9000, random)
    near = torch.cdist(grid, torch.tensor(points.CENTRES)).min(dim=1)
    assert float(near.values.max()) < 6 * points.CLOUD
    assert min(torch.bincount(near.indices, minlength=9).tolist()) > 850
    radius = points.draw("ring", 2000, random).norm(dim=1)
    assert float((radius - 0.8).abs().max()) < 6 * points.PEN


def test_points_of_a_drawing_are_spread_over_it():
    drawn = torch.tensor(points.parse("-0.5,0; 0.5,0.25"))
    made = points.draw("drawn", 1000, torch.Generator().manual_seed(0), drawn)
    near = torch.cdist(made, drawn).min(dim=1)
    assert float(near.values.max()) < 6 * points.PEN and 400 < int(near.indices.sum()) < 600


def test_drawings_are_read_as_they_are_written():
    assert points.parse("0.1,-0.25; 0.12,-0.2;") == ((0.1, -0.25), (0.12, -0.2))
    assert points.parse(points.written(((0.123, -1), (1, 0)))) == ((0.123, -1), (1, 0))
    assert points.parse("0.12345,0") == ((0.123, 0.0),)


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        ("", "No points are drawn yet"),
        ("  ; ", "No points are drawn yet"),
        ("; ".join(["0,0"] * 501), "more than 500 points"),
        ("0,0;" * 100_000, "more than 500 points"),
        ("0.1", "cannot be read"),
        ("0.1,0.2,0.3", "cannot be read"),
        ("a,b", "cannot be read"),
        ("nan,0", "cannot be read"),
        ("inf,0", "cannot be read"),
        ("0,1.5", "cannot be read"),
        ("<script>", "cannot be read"),
    ],
)
def test_what_is_no_drawing_is_one_sentence(drawing, words):
    with pytest.raises(BadRequestError, match=words):
        points.parse(drawing)


def test_five_hundred_points_are_not_too_many():
    assert len(points.parse("; ".join(["0,0.5"] * 500))) == 500
