"""Self-supervised learning: what every task hides, what its loss asks for, and what is read from the features."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from runs import Runs, card_of, last

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError
from aigc_demo.services.training import selfsup as use_case
from aigc_demo.services.training.requests import FEW, OBJECTIVES, Selfsup
from aigc_demo.training import selfsup
from aigc_demo.training.few import Split
from aigc_demo.training.selfsup import Learner, linear_probe, masked_task, next_task, nt_xent, views
from aigc_demo.ui.tabs.training import selfsup as tab

ROOT = Path(__file__).resolve().parents[2]
QUICK = Selfsup(objective="masked", rounds=50)


def draws():
    return torch.Generator().manual_seed(1)


@pytest.fixture(scope="module")
def data():
    x = torch.rand(40, 1, 28, 28, generator=draws()) * 2 - 1
    return Split(x, torch.arange(40) % 10, x, torch.arange(40) % 10)


@pytest.fixture(scope="module")
def runs():
    return Runs(Store(device="cpu"), "training")


@pytest.fixture(scope="module")
def made(runs):
    return last(runs.selfsup(QUICK))


def test_the_names_are_those_that_can_be_asked_for():
    assert selfsup.OBJECTIVES[:3] == OBJECTIVES


@pytest.mark.parametrize("share", [0.1, 0.6, 0.9])
def test_a_share_of_the_patches_is_hidden_and_asked_for(share):
    x = torch.ones(5, 1, 28, 28)
    task = masked_task(x, share, draws())
    hidden = task.asked[:, 0, ::7, ::7].flatten(1)
    assert (hidden.sum(1) == round(16 * share)).all() and not (hidden == hidden[0]).all()
    assert torch.equal(task.seen == 0, task.asked) and torch.equal(task.whole, x)


def test_the_next_patch_is_the_first_that_is_hidden():
    task = next_task(torch.ones(200, 1, 28, 28), draws())
    hidden, asked = ((part[:, 0, ::7, ::7].flatten(1)).int() for part in (task.seen == 0, task.asked))
    assert (asked.sum(1) == 1).all() and torch.equal(hidden.argmax(1), asked.argmax(1))
    assert (hidden.diff(dim=1) >= 0).all() and set(asked.argmax(1).tolist()) == set(range(16))


def test_nothing_hidden_reaches_the_network(data):
    for objective in ("masked", "next"):
        learner = Learner(objective, data, 10, 1)
        task = learner.task(data.pictures, draws())
        other = torch.where(task.seen == 0, torch.rand(task.seen.shape), data.pictures)
        again = learner.task(other, draws())
        assert torch.equal(task.seen, again.seen)


def test_nt_xent_is_the_formula_and_small_for_pairs():
    z = torch.randn(6, 5, generator=draws())
    unit = z / z.norm(dim=1, keepdim=True)
    odds = (unit @ unit.T / 0.5).exp()
    by_hand = [-math.log(odds[i, (i + 3) % 6] / (odds[i].sum() - odds[i, i])) for i in range(6)]
    assert nt_xent(z, 0.5).item() == pytest.approx(sum(by_hand) / 6, rel=1e-5)
    pairs = torch.eye(3).repeat(2, 1)
    assert nt_xent(pairs, 0.1).item() < 1e-3 < nt_xent(pairs[torch.tensor([0, 1, 2, 1, 2, 0])], 0.1).item()


def test_two_views_differ_and_are_of_the_same_pictures(data):
    one, other = views(data.pictures, draws()).chunk(2)
    assert one.shape == data.pictures.shape and not torch.equal(one, other)
    assert torch.equal(views(data.pictures, draws())[:40], one)


def test_the_linear_probe_separates_what_is_linear_and_only_that():
    labels = torch.arange(60) % 3
    features = torch.eye(3)[labels] + 0.1 * torch.randn(60, 3, generator=draws())
    assert (linear_probe(features[:30], labels[:30], features[30:]) == labels[30:]).all()
    corners = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]]).repeat(10, 1)
    found = linear_probe(corners, torch.tensor([0, 0, 1, 1]).repeat(10), corners)
    assert (found == torch.tensor([0, 0, 1, 1]).repeat(10)).float().mean() <= 0.75


@pytest.mark.parametrize("objective", selfsup.OBJECTIVES)
def test_all_begin_with_the_same_encoder_and_an_update_changes_it(data, objective):
    learner = Learner(objective, data, 10, 3)
    first = learner.features(data.pictures)
    assert torch.equal(first, Learner("masked", data, 10, 3).features(data.pictures))
    assert not torch.equal(first, Learner(objective, data, 10, 4).features(data.pictures))
    learner.update()
    assert not torch.equal(first, learner.features(data.pictures))


def test_labels_reach_the_supervised_network_alone(data):
    wrong = Split(data.pictures, (data.labels + 1) % 10, data.held, data.held_labels)
    for objective in selfsup.OBJECTIVES:
        one, other = (Learner(objective, part, 10, 3) for part in (data, wrong))
        for _ in range(2):
            one.update()
            other.update()
        same = torch.equal(one.features(data.pictures), other.features(data.pictures))
        assert same == (objective != "supervised"), objective


def test_held_out_digits_are_never_learned_from():
    assert use_case.first(3).tolist()[:6] == [0, 1, 2, 30, 31, 32]
    known = {place for count in FEW for place in use_case.first(count).tolist()}
    assert max(known) < 10 * use_case.EACH


def test_a_run_tells_what_it_measured(made):
    assert made.learned == 300 and made.held == 200 and len(made.rows) == 3
    assert [step for step, _ in made.probe] == list(range(0, 55, 5)) and len(made.loss) == 50
    assert made.loss[-1][1] < made.loss[0][1] / 2
    place = FEW.index(QUICK.labels)
    assert made.by_labels[place] == (10, made.probe[0][1], made.probe[-1][1])
    assert made.supervised[-1][1] > 0.5 > made.supervised[0][1]
    whole, seen, filled = made.rows
    assert np.array_equal(filled[seen != 0], seen[seen != 0]) and whole.shape == (8, 1, 28, 28)
    assert json.dumps(use_case.numbers(QUICK, made))


def test_features_are_better_to_read_after_tasks_without_labels(made):
    assert made.probe[-1][1] > made.probe[0][1] + 0.05


def test_the_page_shows_every_row_and_the_numbers_that_were_measured(made):
    pictures, charts = tab.shown(use_case.value(QUICK, made), lambda key: key)
    assert [row["start"] for row in pictures["rows"]] == [0, 8, 16]
    assert charts["facts"][1]["probe"] == f"{100 * made.probe[-1][1]:.0f} %"
    reading, loss, labels = charts["charts"]
    assert reading["level"]["at"] == pytest.approx(100 * made.probe[0][1]) and loss["lines"][0]["points"]
    assert [len(line["points"]) for line in labels["lines"]] == [len(FEW)] * 2


def test_two_views_are_told_apart_by_the_network(runs):
    step = next(iter(runs.selfsup(Selfsup(rounds=50))))
    value = use_case.value(Selfsup(), step.value)
    pictures, charts = tab.shown(value, lambda key: key)
    assert len(pictures["rows"]) == 2 and len(pictures["rows"][1]["notes"]) == 8
    assert all(-1 <= alike <= 1.0001 for alike in step.value.alike) and charts["charts"][1] is None


def test_it_is_saved_with_its_card(runs, tmp_path):
    raw = last(runs.service.save("training_selfsup", QUICK, "png"))
    assert card_of(raw, tmp_path, "png").values["objective"] == "masked"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_program_in_plain_torch_learns_too(objective, capsys):
    code = (ROOT / "aigc_demo" / "examples" / "training_selfsup_library.py").read_text()
    line = next(line for line in code.splitlines() if line.startswith("REQUEST"))
    exec(code.replace(line, f'REQUEST = {{"objective": "{objective}", "rounds": 50}}'), {})
    random, learned = (int(said.split(": ")[1].split(" %")[0]) for said in capsys.readouterr().out.splitlines())
    assert learned > random


@pytest.mark.parametrize(
    "values", [{"objective": "rotation"}, {"hidden": 1.0}, {"tau": 0}, {"labels": 3}, {"rounds": 0}]
)
def test_what_cannot_be_asked(values):
    with pytest.raises(BadRequestError):
        Selfsup(**values)
