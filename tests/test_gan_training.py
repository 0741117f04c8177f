"""How a GAN for pictures is trained: its networks, the terms of both sides, lazy penalties, averages, augmentation."""

from dataclasses import replace

import pytest
import torch
from accelerate import Accelerator

from aigc_demo.data import emoji
from aigc_demo.models import gan
from aigc_demo.models.gan import GAN, LOSSES, GANConfig
from aigc_demo.training import augment
from aigc_demo.training.gan import RECIPES, Game, Recipe, critic_terms, settle

CONFIGS = {name: recipe.model for name, recipe in RECIPES.items()}


@pytest.fixture
def draws():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("name", CONFIGS)
def test_pictures_have_the_size_of_the_data_and_scores_are_one_each(name, draws):
    config = CONFIGS[name]
    model, z, label = GAN(config), torch.randn(3, config.noise, generator=draws), torch.tensor([0, 5, 9])
    x = model.generator(z, label)
    assert x.shape == (3, config.channels, config.image_size, config.image_size)
    assert float(x.detach().abs().max()) <= 1
    assert model.critic(x, label).shape == (3,)


def test_a_generator_grows_from_one_pixel_and_doubles():
    sizes = []
    model = gan.Generator(CONFIGS["gan-colour"])
    for layer in model.layers:
        if isinstance(layer, torch.nn.ConvTranspose2d):
            layer.register_forward_hook(lambda module, inputs, output: sizes.append(output.shape[-1]))
    model(torch.zeros(2, 100))
    assert sizes == [4, 8, 16, 32, 64]


def test_the_same_networks_begin_with_the_same_weights():
    first, second = (Game(RECIPES[name], Accelerator()).model for name in ("gan-digits-r3", "gan-digits-wgan-gp"))
    for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_init_weights_keep_the_size_of_what_runs_through(draws):
    model = GAN(replace(CONFIGS["gan-digits-r3"], width=64, critic_width=64))
    gan.init_weights(model, draws)
    x = torch.randn(200, 1, 28, 28, generator=draws)
    assert 0.3 < float(model.critic.body(x).detach().std()) < 3


def test_a_critic_begins_without_an_opinion_about_classes_and_can_form_one(draws):
    model = GAN(replace(GANConfig.tiny(), classes=10))
    gan.init_weights(model, draws)
    x = torch.randn(4, 1, 28, 28, generator=draws)
    zeros, nines = torch.zeros(4, dtype=torch.int64), torch.full((4,), 9)
    assert torch.equal(model.critic(x, zeros), model.critic(x, nines))
    torch.nn.init.normal_(model.critic.classes.weight)
    assert not torch.equal(model.critic(x, zeros), model.critic(x, nines))


def test_two_classes_are_mixed_from_one_to_the_other(draws):
    model = gan.Generator(GANConfig.tiny()).eval()
    z = torch.randn(1, 4, generator=draws).expand(3, -1)
    way = model.between(z, torch.tensor([2, 7]), torch.tensor([[0.0], [0.5], [1.0]]))
    torch.testing.assert_close(way[:1], model(z[:1], torch.tensor([2])), atol=1e-5, rtol=0)
    torch.testing.assert_close(way[2:], model(z[2:], torch.tensor([7])), atol=1e-5, rtol=0)
    assert min(float((way[1] - end).abs().max().detach()) for end in (way[0], way[2])) > 1e-3


def test_a_penalty_is_part_of_the_critics_loss_and_leaves_the_scores_alone(draws):
    slope = torch.tensor([3.0, 4.0])

    def critic(x):
        return x @ slope

    real, fake = torch.randn(2, 50, 2, generator=draws)
    share = torch.rand(50, generator=draws)
    plain = critic_terms(LOSSES["wasserstein_clip"], critic, real, fake, share)
    one = critic_terms(LOSSES["wasserstein_slope"], critic, real, fake, share)
    assert float((one["critic"] - plain["critic"]).detach()) == pytest.approx(10 * (5 - 1) ** 2, rel=1e-4)
    pairs = LOSSES["relativistic"]
    bare = critic_terms(replace(pairs, slope_zero=0.0), critic, real, fake, share)
    both = critic_terms(replace(pairs, slope_zero=0.5), critic, real, fake, share)
    assert float((both["critic"] - bare["critic"]).detach()) == pytest.approx(0.5 * (25 / 2 + 25 / 2), rel=1e-4)
    assert float(one["real"]) == float(plain["real"]) and float(one["fake"]) == float(plain["fake"])


def test_a_lazy_penalty_comes_every_fourth_round_and_weighs_four_times():
    game = Game(RECIPES["gan-digits-conditional"], Accelerator())
    weights = [game.loss(step).slope_zero for step in range(8)]
    assert weights == [pytest.approx(0.2), 0, 0, 0, pytest.approx(0.2), 0, 0, 0]
    assert Game(RECIPES["gan-digits-wgan-gp"], Accelerator()).loss(3).slope_one == 10


def test_a_turn_of_one_side_leaves_the_other_as_it_was(draws):
    game = Game(replace(Recipe.tiny(), loss=replace(LOSSES["wasserstein_clip"], clip=0.01)), Accelerator())
    x, label = torch.rand(4, 1, 28, 28, generator=draws) * 2 - 1, torch.arange(4)

    def weights(network):
        return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])

    generator, critic = weights(game.model.generator), weights(game.model.critic)
    game.critic_turn(x, label, 0, draws)
    assert torch.equal(weights(game.model.generator), generator)
    assert not torch.equal(weights(game.model.critic), critic)
    assert float(weights(game.model.critic).abs().max()) <= 0.01 + 1e-9, "clipped after every update"
    critic = weights(game.model.critic)
    game.generator_turn(x, label, draws)
    assert torch.equal(weights(game.model.critic), critic)
    assert not torch.equal(weights(game.model.generator), generator)


def test_batch_statistics_are_measured_anew(draws):
    model = gan.Generator(replace(GANConfig.tiny(), classes=0))
    norm = next(layer for layer in model.modules() if isinstance(layer, torch.nn.BatchNorm2d))
    norm.running_mean.fill_(100.0)
    settle(model, 20, 64, draws)
    seen = []
    norm.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    model(torch.randn(2000, 4, generator=draws))
    assert not model.training
    assert norm.running_mean.numpy() == pytest.approx(seen[0].mean((0, 2, 3)).detach().numpy(), abs=0.1)


def test_augmented_pictures_keep_their_size_and_let_the_gradient_through(draws):
    torch.manual_seed(0)
    x = (torch.rand(8, 3, 64, 64, generator=draws) * 2 - 1).requires_grad_()
    y = augment.augment(x)
    assert y.shape == x.shape and not torch.equal(y, x)
    y.sum().backward()
    assert float((x.grad.abs().sum(1) > 0).float().mean()) > 0.9


def test_a_square_is_cut_out_of_every_picture():
    torch.manual_seed(0)
    holes = (augment.cut(torch.ones(50, 3, 64, 64)) == 0)[:, 0].float().mean((1, 2))
    assert float(holes.min()) > 0 and float(holes.max()) <= (24 / 64) ** 2 + 1e-6


def test_moved_pictures_are_shifted_whole(draws):
    torch.manual_seed(1)
    x = torch.ones(50, 3, 16, 16)
    x[:, :, 8, 8] = -1.0
    dots = augment.moved(x)[:, 0].flatten(1).argmin(1)
    rows, columns = dots // 16, dots % 16
    assert set((rows - 8).tolist()) <= {-2, -1, 0, 1, 2} and len(set((rows - 8).tolist())) > 2
    assert len(set((columns - 8).tolist())) > 2


def test_portraits_are_faces_and_animals_alone():
    assert emoji.portrait("1f600") and emoji.portrait("1f98a") and emoji.portrait("1f43f-fe0f")
    assert not emoji.portrait("1f44b-1f3fb"), "a hand"
    assert not emoji.portrait("1f636-200d-1f32b-fe0f"), "a face in clouds is two code points"
    assert not emoji.portrait("1f680"), "a rocket"
