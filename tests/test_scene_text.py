"""What a text tower is taught before a U-Net looks at its states."""

import pytest
import torch

from aigc_demo.data.scenes import BACKGROUNDS, OBJECTS, PLACES, Scene
from aigc_demo.models.clip import TextConfig, TextTower
from aigc_demo.training.scene_text import NOTHING, Head, targets, taught

DOG, CAT = list(OBJECTS).index("dog"), list(OBJECTS).index("cat")


def test_a_relation_told_from_either_side_is_one_answer():
    claims = [Scene(("dog", "cat"), "blue", relation="left"), Scene(("cat", "dog"), "blue", relation="right")]
    choices, named = targets(claims)
    assert choices[0].equal(choices[1]) and named[0].equal(named[1])
    sides = dict(zip(PLACES, choices[0, 3:].tolist(), strict=True))
    assert sides == {"left": DOG + 1, "right": CAT + 1, "top": 0, "bottom": 0, "middle": 0}
    assert named[0].nonzero().flatten().tolist() == sorted((DOG, CAT))


@pytest.mark.parametrize(
    ("relation", "place"), [("above", "top"), ("below", "bottom"), ("left", "left"), ("right", "right")]
)
def test_the_first_object_stands_on_its_side(relation, place):
    choices, _ = targets([Scene(("dog", "cat"), relation=relation)])
    assert choices[0, 3 + PLACES.index(place)] == DOG + 1


def test_what_is_not_said_is_the_first_choice():
    choices, named = targets([NOTHING[1], Scene(("cat", "dog"), relation="beside")])
    assert not choices[0].any() and not named[0].any()
    assert not choices[1, 3:].any() and named[1].sum() == 2
    assert targets([Scene(("dog",), list(BACKGROUNDS)[3], 2)])[0][0, :2].tolist() == [4, 2]


def test_the_head_tells_right_from_wrong():
    choices, named = targets([Scene(("dog",), "blue", place="top"), Scene(("cat",), count=3)])
    head = Head(4)
    sure = torch.cat([torch.nn.functional.one_hot(choices[:, i], n) for i, n in enumerate(head.sizes)], dim=1)
    sure = 40.0 * torch.cat([sure, named], dim=1) - 20
    head.forward = lambda state: sure
    loss, right = head.loss(torch.zeros(2, 4), choices, named)
    assert loss < 1e-3 and right == 1
    head.forward = lambda state: -sure
    loss, right = head.loss(torch.zeros(2, 4), choices, named)
    assert loss > 100 and right == 0


def test_a_tower_is_taught_the_same_from_the_same_seed():
    first, second = (taught(TextConfig.tiny(), steps=3, batch=4, seed=1).state_dict() for _ in range(2))
    torch.manual_seed(1)
    fresh = TextTower(TextConfig.tiny()).state_dict()
    assert all(first[name].equal(second[name]) for name in first)
    assert not first["layers.0.up.weight"].equal(fresh["layers.0.up.weight"])
