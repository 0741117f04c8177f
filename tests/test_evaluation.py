"""Metrics are held against cases whose answer is known."""

import dataclasses
import inspect
import json
import struct

import numpy as np
import pytest
import torch

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import named
from aigc_demo.data import digits as data
from aigc_demo.evaluation import __main__ as command
from aigc_demo.evaluation import digits
from aigc_demo.evaluation.frechet import frechet, root
from aigc_demo.evaluation.measurement import Settings, Task
from aigc_demo.evaluation.nearest import nearest
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.judge import Judge, JudgeConfig

SMALL = Settings(samples=30, judged=12, steps=2)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data set of 60 + 40 pictures in the place where MNIST is kept."""
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    random = np.random.default_rng(0)
    for split, count in (("train", 60), ("test", 40)):
        images, labels = (tmp_path / "mnist" / name for name in data.FILES[split])
        pixels = random.integers(0, 256, (count, 28, 28), np.uint8)
        images.write_bytes(b"\0\0\x08\x03" + struct.pack(">3I", *pixels.shape) + pixels.tobytes())
        labels.write_bytes(
            b"\0\0\x08\x01" + struct.pack(">I", count) + (np.arange(count, dtype=np.uint8) % 10).tobytes()
        )
    return tmp_path / "mnist"


def test_root_squared_is_the_matrix():
    half = torch.randn(6, 3, dtype=torch.float64)
    matrix = half @ half.T  # three eigenvalues are 0
    torch.testing.assert_close(root(matrix) @ root(matrix), matrix)


def test_no_distance_to_itself_and_the_same_both_ways():
    x, y = torch.randn(200, 5), torch.randn(300, 5) * 2 + 1
    assert abs(frechet(x, x)) < 1e-6
    assert frechet(x, y) == pytest.approx(frechet(y, x), abs=1e-6)


def test_frechet_of_gaussians_with_known_moments():
    x = torch.randn(2000, 4, dtype=torch.float64)
    assert frechet(x, x + 3) == pytest.approx(4 * 9)  # a shift: its square
    spread = torch.cov(x.T).trace()  # twice as wide: (2 - 1)^2 of the variance, and the means move apart
    assert frechet(x, 2 * x) == pytest.approx(float(spread + x.mean(0).square().sum()))


def test_nearest_finds_a_copy_and_measures_the_rest():
    others = torch.randn(600, 1, 4, 4)
    pictures = torch.cat([others[[5, 77]], torch.full((1, 1, 4, 4), 100.0)])
    near = nearest(pictures, others, chunk=2)
    assert near[:2].max() < 0.01
    torch.testing.assert_close(near[2], (pictures[2:] - others).flatten(1).norm(dim=1).min())


def test_a_painter_who_copies_is_found_out(folder):
    images, labels = data.load(folder, "train")
    train = data.to_float(images)
    judge = Judge(JudgeConfig.tiny()).eval()
    metrics, samples = digits.drawing_metrics(lambda asked: train[: len(asked)], judge, folder, SMALL)
    assert samples == 30
    assert metrics["nearest_train"] < 1e-2 < metrics["nearest_train_of_test"]
    assert set(metrics) == {"class_accuracy", "frechet", "frechet_floor", "nearest_train", "nearest_train_of_test"}


def test_accuracy_is_one_for_a_painter_who_gives_what_the_judge_wants(folder):
    judge = Judge(JudgeConfig.tiny()).eval()
    judge.decide = lambda features: features[:, :10]  # reads the first ten features as they are
    judge.features = lambda x: x.flatten(1)[:, 500:516]
    settings = dataclasses.replace(SMALL, judged=30)

    def paint(asked):
        pictures = torch.full((len(asked), 1, 32, 32), -1.0)
        pictures.view(len(asked), -1)[torch.arange(len(asked)), 500 + asked] = 1.0
        return pictures

    assert digits.drawing_metrics(paint, judge, folder, settings)[0]["class_accuracy"] == 1
    wrong = digits.drawing_metrics(lambda asked: paint((asked + 1) % 10), judge, folder, settings)[0]
    assert wrong["class_accuracy"] == 0


def test_a_picture_depends_on_its_seed_and_class_only(monkeypatch):
    model = DiffusionModel(DiffusionConfig.tiny()).eval()
    labels = torch.tensor([3, 1, 4, 1, 5])
    together = digits.draw(model, labels, SMALL)
    monkeypatch.setattr(digits, "BATCH", 2)
    assert together.shape == (5, 1, 16, 16) and together.abs().max() <= 1
    assert (digits.draw(model, labels, SMALL) - together).abs().max() < 0.05  # bf16 sums in another order
    later = digits.draw(model, labels[2:], dataclasses.replace(SMALL, seed=2))
    assert (later - together[2:]).abs().max() < 0.05


def test_pictures_are_judged_as_saved():
    saved = digits.as_saved(torch.tensor([-3.0, -1.0, 0.001, 1.0, 7.0]))
    torch.testing.assert_close((saved + 1) * 127.5, ((saved + 1) * 127.5).round())
    assert saved[0] == saved[1] == -1 and saved[3] == saved[4] == 1


def test_the_command_prints_json_and_updates_nothing_unasked(folder, store, monkeypatch, capsys):
    monkeypatch.setattr(command, "Store", lambda: store)
    monkeypatch.setattr("sys.argv", ["evaluation", "judge-digits", "--json"])
    command.main()
    result = json.loads(capsys.readouterr().out)
    assert list(result) == ["checkpoint", "metrics", "samples", "seconds"]
    assert result["checkpoint"] == "judge-digits" and result["samples"] == 40
    assert 0 <= result["metrics"]["class_accuracy"] <= 1


def test_the_command_in_a_table_and_with_another_file(folder, store, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command, "Store", lambda: store)
    other = str(store.path("judge-digits"))
    monkeypatch.setattr("sys.argv", ["evaluation", "judge-digits", "--file", other])
    command.main()
    assert "class_accuracy" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["evaluation", "nonsense"])
    with pytest.raises(SystemExit, match="no checkpoint called nonsense"):
        command.main()


def test_the_catalogue_takes_no_figures_of_other_files_or_settings():
    for extra in (["--file", "x"], ["--samples", "9"]):
        with pytest.raises(SystemExit):
            command.options(["judge-digits", "--update", *extra])
    assert command.options(["judge-digits", "--samples", "9"])[1].samples == 9


def test_facts_of_a_training_come_from_its_state(tmp_path):
    torch.save({"step": 70, "seconds": 90.0}, tmp_path / "state.pt")
    assert command.training_facts(tmp_path, "an abacus") == {"hardware": "an abacus", "steps": 70, "minutes": 1.5}
    assert command.training_facts(None, None) == {}


@pytest.mark.parametrize("entry", catalogue.shipped().checkpoints, ids=lambda entry: entry.id)
def test_the_catalogue_names_a_function_for_models_of_this_class(entry):
    model, task = inspect.signature(named(entry.evaluate)).parameters.values()
    assert issubclass(named(entry.model), model.annotation) and task.annotation is Task
