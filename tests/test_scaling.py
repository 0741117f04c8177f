"""The grid behind the scaling law: what a run is, and that a file of runs is gone on with."""

import json

import pytest
import torch

from aigc_demo.models.gpt import GPT
from aigc_demo.training import scaling
from aigc_demo.training.language import Recipe, loss_of

TINY = scaling.Grid(((16, 1), (32, 1)), (64,), ((32, 2), 128), Recipe(batch=32, window=16))
TEXT = "to be or not to be that is the question " * 8


@pytest.fixture
def plays(monkeypatch):
    monkeypatch.setattr(scaling.shakespeare, "shipped", lambda split: TEXT)


def test_every_run_is_in_the_file_and_the_check_is_the_largest(plays, tmp_path):
    scaling.start(TINY, tmp_path / "grid.safetensors", tmp_path, float("inf"))
    found = json.loads((tmp_path / "grid.json").read_text())
    assert [(run["tokens"], run["check"]) for run in found["runs"]] == [(64, False), (64, False), (128, True)]
    characters = "".join(sorted(set(TEXT)))
    model = GPT(scaling.config((32, 2), 16, characters))
    assert found["runs"][-1]["parameters"] == sum(weight.numel() for weight in model.parameters())
    assert all(run["loss"] > 0 and run["seconds"] > 0 for run in found["runs"])


def test_a_file_is_gone_on_with(plays, tmp_path):
    scaling.start(TINY, tmp_path / "grid", tmp_path, 0)
    first = json.loads((tmp_path / "grid.json").read_text())["runs"]
    assert len(first) == 1
    scaling.start(TINY, tmp_path / "grid", tmp_path, float("inf"))
    runs = json.loads((tmp_path / "grid.json").read_text())["runs"]
    assert len(runs) == len(TINY.plan()) and runs[0] == first[0]


def test_held_out_loss_is_the_mean_over_all_windows():
    torch.manual_seed(0)
    model = GPT(scaling.config((16, 1), 8, "abcd")).eval()
    text = torch.randint(4, (41,))  # five windows
    with torch.no_grad():
        rows = torch.stack([text[i : i + 9] for i in range(0, 40, 8)])
        wanted = float(loss_of(model, rows[:, :-1], rows[:, 1:]))
    assert scaling.held_out_loss(model, text) == pytest.approx(wanted, rel=1e-5)


def test_the_grid_is_of_four_sizes_and_a_larger_check():
    def size(shape):
        return sum(weight.numel() for weight in GPT(scaling.config(shape, 128, "a" * 65)).parameters())

    sizes = [size(shape) for shape in scaling.Grid().shapes]
    assert sizes == sorted(sizes) and sizes[0] == 7200 and sizes[-1] == 200832
    assert size(scaling.Grid().check[0]) > 2 * sizes[-1]
