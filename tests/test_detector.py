"""The detector of scenes: what it is trained on, and how pictures are read with it and held against sentences."""

import random

import pytest
import tiny_scenes
import torch

from aigc_demo.data import scenes
from aigc_demo.data.scene_truth import Found, Seen, components, look, truth
from aigc_demo.data.scenes import Scene
from aigc_demo.evaluation import scenes as reading
from aigc_demo.models.detector import STRIDE, Detector, DetectorConfig
from aigc_demo.training import detector as training

NAMES, COLOURS = list(scenes.OBJECTS), list(scenes.BACKGROUNDS)


class Perfect(torch.nn.Module):
    """Says of some pictures, whatever they are, what is in truth on them."""

    def __init__(self, chosen):
        super().__init__()
        objects, self.backgrounds = training.targets(chosen, torch.zeros(len(chosen), 2, dtype=torch.long))
        self.objects = torch.nn.functional.one_hot(objects, len(NAMES) + 1).permute(0, 3, 1, 2).float()
        self.nothing = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.objects, torch.nn.functional.one_hot(self.backgrounds, len(COLOURS)).float()


def drawn(kind, count=60):
    """Pictures of chance of a kind."""
    chance = random.Random(1)
    return [scenes.draw_picture(chance.choice(scenes.scenes(kind)), chance) for _ in range(count)]


def test_it_says_a_class_for_every_four_pixels_and_a_background():
    positions, background = Detector(DetectorConfig.tiny()).eval()(torch.zeros(2, 3, 64, 64))
    assert positions.shape == (2, len(NAMES) + 1, 64 // STRIDE, 64 // STRIDE)
    assert background.shape == (2, len(COLOURS))


def test_targets_mark_the_middle_of_each_object_and_move_with_the_picture():
    scene = Scene(("dog",), "blue", place="middle")
    picture = scenes.Picture(scene, scenes.layouts(scene)[0], 0)
    shifts = torch.tensor([[0, 0], [4, -8]])
    objects, backgrounds = training.targets([picture, picture], shifts)
    assert backgrounds.tolist() == [COLOURS.index("blue")] * 2
    here, there = (objects == NAMES.index("dog")).unbind()
    assert here.sum() == there.sum() > 8
    assert torch.equal(there, here.roll((-2, 1), (0, 1)))


def test_variation_moves_pictures_by_the_shift_and_blurs_half_of_them():
    x, still = torch.rand(1, 3, 64, 64).expand(40, -1, -1, -1) * 2 - 1, training.Recipe(noise=0.0, colour=0.0)
    shifts = torch.tensor([[3, -2]]).expand(40, -1)
    varied = training.vary(x, shifts, still, torch.Generator().manual_seed(3))
    inner = slice(10, -10)
    moved = x.roll((-2, 3), (2, 3))[..., inner, inner]
    same = (varied[..., inner, inner] - moved).abs().amax((1, 2, 3)) < 1e-5
    assert 0.25 < same.float().mean() < 0.75
    changed = training.vary(x, shifts, training.Recipe(), torch.Generator().manual_seed(3))
    assert 0.01 < (changed - varied).abs().mean() < 0.3


def test_learns_one_batch(tmp_path):
    renderer, chosen = tiny_scenes.renderer(tmp_path), drawn("place", 8)
    x = scenes.to_float(renderer.batch(chosen))
    wanted = training.targets(chosen, torch.zeros(8, 2, dtype=torch.long))
    detector = Detector(DetectorConfig.tiny())
    optimizer = torch.optim.AdamW(detector.parameters(), lr=1e-2)
    losses = []
    for _ in range(25):
        loss = training.reading_loss(detector(x), *wanted)["loss"]
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_areas_that_touch_along_a_side_are_one_object():
    mask = [[0, 0, 9, 0], [9, 9, 9, 9], [1, 1, 9, 0], [9, 1, 9, 9]]
    found = sorted((kind, len(area)) for kind, area in components(mask, 9))
    assert found == [(0, 1), (0, 1), (0, 2), (1, 3)]


@pytest.mark.parametrize("kind", list(scenes.SHARES))
def test_what_is_in_truth_there_is_read_and_agrees_with_the_scene(kind):
    chosen = drawn(kind)
    for picture, seen in zip(chosen, look(Perfect(chosen), torch.zeros(len(chosen), 3, 64, 64)), strict=True):
        found = truth(picture.scene, seen)
        assert all(found.values()), (picture, found)
        assert ("size" in found) == (kind == "size") and ("place" in found) == (kind in ("place", "relation"))


BLUE_PAIR = Seen("blue", (Found("dog", 12, 32, 9), Found("cat", 52, 32, 9)))


@pytest.mark.parametrize(
    ("claims", "wrong"),
    [
        (Scene(("dog", "cat"), "blue", relation="left"), set()),
        (Scene(("cat", "dog"), "blue", relation="right"), set()),
        (Scene(("cat", "dog"), relation="beside"), set()),
        (Scene(("dog", "cat"), "blue", relation="right"), {"place", "all"}),
        (Scene(("dog", "cat"), "blue", relation="above"), {"place", "all"}),
        (Scene(("dog", "cat"), "red", relation="left"), {"background", "all"}),
        (Scene(("dog", "pig"), "blue", relation="left"), {"object", "count", "place", "all"}),
        (Scene(("dog",), "blue", 1, "left"), {"object", "place", "all"}),
        (Scene(("dog",), "blue", 2), {"object", "count", "all"}),
    ],
)
def test_claims_are_held_against_what_is_seen(claims, wrong):
    found = truth(claims, BLUE_PAIR)
    assert {name for name, right in found.items() if not right} == wrong


def test_tasks_are_half_held_out_of_every_reason_and_in_both_languages():
    given = reading.tasks(60)
    assert [task.held_out for task in given] == [False] * 60 + [True] * 60
    assert given == reading.tasks(60)
    assert {scene for task in given[60:] for scene in task.claims.objects} > {"banana", "mushroom"}


def test_shares_count_only_the_claims_that_are_made():
    given = [reading.Task("", Scene(("dog",)), held_out) for held_out in (False, False, True)]
    verdicts = [
        {"object": True, "all": True},
        {"object": False, "place": True, "all": False},
        {"object": True, "all": True},
    ]
    found = reading.shares(given, verdicts, "_x")
    assert found == {
        "object_right_x": 0.5,
        "place_right_x": 1.0,
        "all_right_x": 0.5,
        "object_right_x_heldout": 1.0,
        "all_right_x_heldout": 1.0,
    }
