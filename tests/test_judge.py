"""The judge and its recipe."""

import torch

from aigc_demo.checkpoints import files
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.training.judge import RECIPES, Recipe, by_chance, reading_loss, train, vary


def pictures(count):
    """Random pictures and labels."""
    return torch.rand(count, 1, 32, 32) * 2 - 1, torch.arange(count) % 10


def test_features_then_decision():
    judge, (x, _) = Judge(JudgeConfig.tiny()).eval(), pictures(3)
    features = judge.features(x)
    assert features.shape == (3, judge.config.features)
    torch.testing.assert_close(judge.decide(features), judge(x))
    assert judge(x).shape == (3, 10)


def test_a_picture_is_read_the_same_alone_and_in_company():
    judge, (x, _) = Judge(JudgeConfig.tiny()).eval(), pictures(5)
    torch.testing.assert_close(judge(x)[2:3], judge(x[2:3]))


def test_learns_one_batch():
    judge, (x, label) = Judge(JudgeConfig(width=8)), pictures(10)
    optimizer = torch.optim.AdamW(judge.parameters(), lr=5e-3)
    losses = []
    for _ in range(40):
        terms = reading_loss(judge, x, label)
        terms["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(terms["loss"].item())
    assert sum(losses[-5:]) < 0.3 * sum(losses[:5])
    assert terms["right"] > 0.8


def test_no_change_when_nothing_may_vary():
    x, _ = pictures(4)
    still = Recipe(shift=0.0, turn=0.0, scale=0.0)
    torch.testing.assert_close(vary(x, still, torch.Generator()), x, atol=1e-4, rtol=0)


def test_variation_is_small_each_its_own_and_fixed_by_the_seed():
    x = torch.full((6, 1, 32, 32), -1.0)
    x[:, :, 12:20, 14:18] = 1.0
    varied = vary(x, Recipe(), torch.Generator().manual_seed(1))
    assert torch.equal(varied, vary(x, Recipe(), torch.Generator().manual_seed(1)))
    assert not torch.equal(varied[0], varied[1])
    ink, places = (varied + 1) / 2, torch.arange(32.0)
    for axis in (2, 3):
        centre = (ink.sum(axis) * places[None, None]).sum((1, 2)) / ink.sum((1, 2, 3))
        assert (centre - 15.5).abs().max() < 2.6  # pixels
    assert varied[:, :, 0].max() == -1  # background comes in from outside


def test_half_of_the_pictures_are_mirrored_and_white_comes_in_from_outside():
    x = torch.ones(400, 3, 16, 16)
    x[:, :, :, :4] = -1
    still = Recipe(shift=0.0, turn=0.0, scale=0.0, mirror=True, paper=1.0)
    varied = vary(x, still, torch.Generator().manual_seed(0))
    left = varied[:, 0, 8, 1] < 0
    assert 160 < left.sum() < 240 and torch.equal(left, varied[:, 0, 8, -2] > 0)
    moved = vary(torch.ones(9, 3, 16, 16), Recipe(paper=1.0), torch.Generator().manual_seed(0))
    torch.testing.assert_close(moved, torch.ones_like(moved))


def test_pictures_come_as_often_as_their_chances_say():
    batches = by_chance(torch.tensor([0.0, 1.0, 3.0]), 100, seed=0)
    drawn = torch.tensor([next(batches) for _ in range(20)]).flatten()
    assert 0.7 < (drawn == 2).float().mean() < 0.8 and not (drawn == 0).any()
    assert RECIPES["judge-emoji"].model.classes == 18 and RECIPES["judge-digits"] == Recipe()


def test_a_shift_of_whole_pixels_moves_the_picture():
    x, _ = pictures(200)
    moved = vary(x, Recipe(shift=2.0, turn=0.0, scale=0.0), torch.Generator().manual_seed(0))
    assert moved.shape == x.shape and moved.min() >= -1.0001 and moved.max() <= 1.0001


def test_the_recipe_trains_saves_and_goes_on(tmp_path):
    images, labels = pictures(16)
    out, run = tmp_path / "judge.safetensors", tmp_path / "run"
    metrics = train(Recipe.tiny(), (images, labels, None), out, run)
    assert set(metrics) == {"loss", "right"}
    longer = Recipe(model=JudgeConfig.tiny(), steps=5, batch=4)
    train(longer, (images, labels, torch.ones(16)), out, run)
    assert torch.load(run / "state.pt", weights_only=True)["step"] == 5
    assert len((run / "log.jsonl").read_text().splitlines()) == 2
    again = files.read(out, Judge, JudgeConfig)
    assert again.config == JudgeConfig.tiny() and again.body[0][1].num_batches_tracked == 5
