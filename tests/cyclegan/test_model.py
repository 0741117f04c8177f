"""CycleGAN and its recipe: the networks against the paper's table, the losses, the pool, the course of a training."""

import copy
import dataclasses
import json

import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import l1_loss

from aigc_demo.checkpoints import files
from aigc_demo.models import cyclegan
from aigc_demo.models.cyclegan import CycleGAN, CycleGANConfig, Discriminator, Generator, init_weights
from aigc_demo.training.cyclegan import (
    RECIPES,
    Pool,
    Recipe,
    critic_loss,
    generator_terms,
    train,
    unpaired,
)
from aigc_demo.training.time_machine import cyclegan as time_machine

CONFIG = CycleGANConfig(image_size=32, width=4, blocks=2, critic_width=4)


def pictures(count, side=32):
    """Random pictures in [-1, 1]."""
    return torch.rand(count, 3, side, side) * 2 - 1


class Shortcut(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def norm(width):
    """What stands behind almost every convolution of the paper."""
    return [nn.InstanceNorm2d(width), nn.ReLU()]


def table(w, blocks):
    """The paper's generator, appendix 7.2, layer by layer: c7s1-w, d2w, d4w, R4w x blocks, u2w, uw, c7s1-3."""

    def residual():
        first, second = (nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(4 * w, 4 * w, 3)) for _ in range(2))
        return Shortcut(first, *norm(4 * w), second, nn.InstanceNorm2d(4 * w))

    return nn.Sequential(
        nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, w, 7)),
        *norm(w),
        nn.Conv2d(w, 2 * w, 3, 2, 1),
        *norm(2 * w),
        nn.Conv2d(2 * w, 4 * w, 3, 2, 1),
        *norm(4 * w),
        *(residual() for _ in range(blocks)),
        nn.ConvTranspose2d(4 * w, 2 * w, 3, 2, 1, 1),
        *norm(2 * w),
        nn.ConvTranspose2d(2 * w, w, 3, 2, 1, 1),
        *norm(w),
        nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(w, 3, 7)),
        nn.Tanh(),
    )


def critic_table(w):
    """The paper's patch critic with one layer less, since the pictures are small: Cw, C2w, C4w, one score per patch."""
    return nn.Sequential(
        *(nn.Conv2d(3, w, 4, 2, 1), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(w, 2 * w, 4, 2, 1), nn.InstanceNorm2d(2 * w), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(2 * w, 4 * w, 4, 1, 1), nn.InstanceNorm2d(4 * w), nn.LeakyReLU(0.2)),
        nn.Conv2d(4 * w, 1, 4, 1, 1),
    )


def take(reference, ours):
    """Put our weights into the reference, layer by layer in the order they run."""
    weights = list(ours.state_dict().values())
    reference.load_state_dict(dict(zip(reference.state_dict(), weights, strict=True)))
    return reference.requires_grad_(False)


@pytest.mark.parametrize(("width", "blocks"), [(2, 1), (4, 3)])
def test_the_generator_is_the_papers_table(width, blocks):
    ours = Generator(CycleGANConfig(width=width, blocks=blocks))
    x = pictures(2, 48)
    torch.testing.assert_close(ours(x), take(table(width, blocks), ours)(x), atol=1e-5, rtol=1e-4)


def test_the_critic_is_the_papers_table():
    ours = Discriminator(CONFIG)
    x = pictures(2, 64)
    scores = ours(x)
    assert scores.shape == (2, 14, 14)
    torch.testing.assert_close(scores, take(critic_table(4), ours)(x)[:, 0], atol=1e-5, rtol=1e-4)


def test_a_picture_is_translated_the_same_alone_and_in_company():
    model, x = CycleGAN(CONFIG), pictures(3)
    for backwards in (False, True):
        there, back = model(x, backwards)
        torch.testing.assert_close(model(x[1:2], backwards)[0], there[1:2], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(back, model.translator(not backwards)(there))
        assert there.shape == x.shape and there.abs().max() <= 1
        assert model.discriminator(backwards)(there).shape == (3, 6, 6)
    assert model.translator(True) is model.to_a and model.discriminator(True) is model.critic_a


def test_any_size_that_four_divides_is_translated():
    for side in (32, 44, 64):
        assert Generator(CONFIG)(pictures(1, side)).shape == (1, 3, side, side)


def test_a_score_depends_on_34_pixels_a_side():
    critic = Discriminator(CONFIG)
    for i, layer in enumerate(critic.layers):
        if isinstance(layer, nn.InstanceNorm2d):  # sees the whole picture; without it a score sees a square
            critic.layers[i] = nn.Identity()
    for row, column in ((0, 0), (5, 9), (13, 13)):
        x = pictures(1, 64).requires_grad_(True)
        critic(x)[0, row, column].backward()
        touched = x.grad[0].abs().sum(0) > 0
        seen = [torch.nonzero(touched.any(axis)).flatten() for axis in (1, 0)]
        edges = [(int(places[0]), int(places[-1]) + 1) for places in seen]
        assert edges == [(max(0, 4 * i - 11), min(64, 4 * i - 11 + 34)) for i in (row, column)]


def test_the_first_weights_are_the_seeds():
    model = CycleGAN(CONFIG)
    init_weights(model, torch.Generator().manual_seed(1))
    again = CycleGAN(CONFIG)
    init_weights(again, torch.Generator().manual_seed(1))
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])
        if name.endswith("bias"):
            assert not tensor.any()
    weights = torch.cat([p.flatten() for n, p in model.named_parameters() if n.endswith("weight")])
    assert weights.std().item() == pytest.approx(cyclegan.SPREAD, rel=0.05)


def test_both_sides_together_are_the_whole_model():
    model = CycleGAN(CONFIG)
    both = [*model.generators(), *model.critics()]
    assert len(both) == len({id(weight) for weight in both}) == len(list(model.parameters()))


# losses


def test_the_terms_are_the_papers():
    model, recipe = CycleGAN(CONFIG), Recipe(CONFIG)
    a, b = pictures(2), pictures(2)
    terms, (made_a, made_b) = generator_terms(model, a, b, recipe)
    torch.testing.assert_close(made_a, model.to_a(b))
    fool = ((model.critic_a(made_a) - 1) ** 2).mean() + ((model.critic_b(made_b) - 1) ** 2).mean()
    cycle = l1_loss(model.to_a(made_b), a) + l1_loss(model.to_b(made_a), b)
    identity = l1_loss(model.to_a(a), a) + l1_loss(model.to_b(b), b)
    torch.testing.assert_close(terms["loss"], fool + 10 * cycle + 5 * identity)
    real = ((model.critic_a(a) - 1) ** 2).mean() + ((model.critic_b(b) - 1) ** 2).mean()
    fake = (model.critic_a(made_a) ** 2).mean() + (model.critic_b(made_b) ** 2).mean()
    torch.testing.assert_close(critic_loss(model, (a, b), (made_a, made_b)), (real + fake) / 2)


def test_the_ablation_has_neither_cycle_nor_identity_and_differs_in_nothing_else():
    model, ablation = CycleGAN(CONFIG), RECIPES["cyclegan-emoji-nocycle"]
    terms, _ = generator_terms(model, pictures(1), pictures(1), ablation)
    assert set(terms) == {"loss", "fool"} and terms["loss"] == terms["fool"]
    assert dataclasses.replace(ablation, cycle=10.0) == RECIPES["cyclegan-emoji"]


def test_what_the_generators_go_down_on_leaves_the_critics_alone():
    model = CycleGAN(CONFIG)
    terms, (made_a, made_b) = generator_terms(model, pictures(1), pictures(1), Recipe(CONFIG))
    terms["loss"].backward(inputs=model.generators())
    assert all(weight.grad is None for weight in model.critics())
    assert not made_a.requires_grad and not made_b.requires_grad


def test_one_batch_can_be_learned():
    model, recipe = CycleGAN(CONFIG), Recipe(CONFIG)
    a, b = pictures(2), pictures(2)
    optimizer = torch.optim.Adam(model.generators(), lr=2e-3)
    found = []
    for _ in range(40):
        terms, _ = generator_terms(model, a, b, recipe)
        terms["loss"].backward(inputs=model.generators())
        optimizer.step()
        optimizer.zero_grad()
        found.append(terms["loss"].item())
    assert sum(found[-5:]) < 0.8 * sum(found[:5])


# the pool and the draw


def test_a_pool_gives_back_earlier_pictures_once_it_is_full():
    pool = Pool(8, torch.Generator().manual_seed(0))
    numbers = torch.arange(200.0).view(-1, 1, 1, 1)
    shown = torch.cat([pool.swap(numbers[i : i + 4]) for i in range(0, 200, 4)]).flatten()
    assert torch.equal(shown[:8], numbers.flatten()[:8]) and len(pool.kept) == 8
    earlier = (shown != numbers.flatten())[8:].float().mean()
    assert 0.35 < earlier < 0.65
    assert (shown <= numbers.flatten()).all(), "a picture was shown before it was made"
    assert len(shown[8:].unique()) == len(shown) - 8, "an earlier picture was brought back twice"


def test_without_a_pool_what_is_made_is_shown():
    made = pictures(3)
    assert Pool(0, torch.Generator()).swap(made) is made


def test_the_two_sides_of_a_batch_are_drawn_apart():
    numbers = torch.arange(50.0).view(-1, 1, 1, 1)
    draw = unpaired((numbers, numbers), torch.ones(50), 16, seed=3)
    a, b = draw()
    assert a.shape == b.shape == (16, 1, 1, 1) and not torch.equal(a, b)
    again, other = unpaired((numbers, numbers), torch.ones(50), 16, seed=3)()
    assert torch.equal(a, again) and torch.equal(b, other)


# the recipe


def trained(recipe, folder, name="cyclegan-emoji"):
    """Train on a few random pictures; the folder of the run and the file of the weights."""
    torch.manual_seed(1)
    out, run = folder / "assets" / "checkpoints" / f"{name}.safetensors", folder / "runs" / name
    metrics = train(recipe, (pictures(6), pictures(6)), torch.ones(6), out, run)
    return run, out, metrics


def test_the_recipe_trains_saves_and_goes_on(tmp_path):
    run, out, metrics = trained(Recipe.tiny(), tmp_path)
    assert set(metrics) == {"loss", "fool", "cycle", "identity", "critic"}
    assert len(list(run.glob("snapshot-*.safetensors"))) == 2
    before = copy.deepcopy(torch.load(run / "state.pt", weights_only=True))
    trained(dataclasses.replace(Recipe.tiny(), steps=5), tmp_path)
    after = torch.load(run / "state.pt", weights_only=True)
    assert (before["step"], after["step"]) == (2, 5) and len((run / "log.jsonl").read_text().splitlines()) == 2
    model = files.read(out, CycleGAN, CycleGANConfig)
    assert model.config == CycleGANConfig.tiny()
    for side in ("to_b", "critic_a"):
        moved = [key for key in before["model"] if key.startswith(side) and key.endswith("weight")]
        assert any(not torch.equal(before["model"][key], after["model"][key]) for key in moved), side


def test_the_same_seed_trains_the_same_weights(tmp_path):
    found = [trained(Recipe.tiny(), tmp_path / name)[1].read_bytes() for name in ("one", "two")]
    assert found[0] == found[1]


def test_the_course_of_both_trainings_is_rendered(tmp_path):
    tiny = dataclasses.replace(Recipe.tiny(), steps=3)
    for name, recipe in (("cyclegan-emoji", tiny), ("cyclegan-emoji-nocycle", dataclasses.replace(tiny, cycle=0.0))):
        trained(recipe, tmp_path, name)
    a, b = pictures(24, 64), pictures(24, 64)
    picture, facts = time_machine.render(tmp_path / "runs", tmp_path / "assets", a, b)
    assert picture.size == (8 * 64, (1 + 2 * 3) * 64) and isinstance(picture, Image.Image)
    assert [moment["pictures"] for moment in facts["moments"]] == [0, 2, 6]
    assert facts["moments"][0]["cycle"] is None and facts["moments"][-1]["cycle"] > 0
    assert all(moment["error"] > 0 and moment["error_without"] > 0 for moment in facts["moments"])
    assert facts["nothing"] == pytest.approx(50 * (a - b).abs().mean().item(), rel=1e-3)
    json.dumps(facts)
