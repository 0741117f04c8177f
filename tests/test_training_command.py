"""One command trains every checkpoint of the catalogue."""

import dataclasses
import shlex
from pathlib import Path

import pytest
import torch

from aigc_demo import training
from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import named
from aigc_demo.training import command, vae


@pytest.fixture(autouse=True)
def denormals():
    """A training flushes them; other tests of this process do not."""
    yield
    torch.set_flush_denormal(False)


@pytest.mark.parametrize("entry", catalogue.shipped().checkpoints, ids=lambda entry: entry.id)
def test_the_catalogue_says_a_command_that_trains_such_a_model(entry, monkeypatch):
    python, flag, module, *arguments = shlex.split(entry.command)
    assert (python, flag, module, arguments[0]) == ("python", "-m", "aigc_demo.training", entry.id)
    trainer, recipe = command.recipes()[entry.id]
    assert type(recipe.model) is named(entry.config)
    begun = []
    monkeypatch.setattr(trainer, "start", lambda *given: begun.append(given))
    command.main(arguments)
    ((_, out, run, minutes),) = begun
    assert out == catalogue.ASSETS / entry.file and run == Path("runs") / entry.id and minutes > 0


def test_a_training_flushes_denormal_numbers(monkeypatch):
    products = []
    monkeypatch.setattr(vae, "start", lambda *_: products.append(torch.full((8,), 1e-310, dtype=torch.float64) * 0.5))
    command.main(["vae-digits-vae"])
    assert products[0].eq(0).all()


def test_fields_of_a_recipe_can_be_set(monkeypatch, tmp_path):
    begun = []
    monkeypatch.setattr(vae, "start", lambda *given: begun.append(given))
    monkeypatch.setenv("ACCELERATE_TORCH_DEVICE", "")
    settings = ["steps=3", "learning_rate=1e-4", "bf16=true"]
    where = ["--run", str(tmp_path), "--out", str(tmp_path / "x.safetensors"), "--device", "cpu"]
    command.main(["vae-digits-vae", "--minutes", "2.5", *where, "--set", *settings])
    ((recipe, out, run, minutes),) = begun
    usual = vae.RECIPES["vae-digits-vae"]
    assert recipe == dataclasses.replace(usual, steps=3, learning_rate=1e-4, bf16=True)
    assert (out, run, minutes) == (tmp_path / "x.safetensors", tmp_path, 2.5)


@pytest.mark.parametrize("setting", ["speed=3", "model=1", "steps=many", "steps", "bf16=1"])
def test_other_settings_are_refused(setting, capsys):
    with pytest.raises(SystemExit):
        command.main(["vae-digits-vae", "--set", setting])
    assert setting.partition("=")[0] in capsys.readouterr().err


def test_a_data_set_that_is_not_here_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    with pytest.raises(SystemExit, match="python -m aigc_demo.data fetch mnist"):
        command.main(["diffusion-digits", "--run", str(tmp_path)])


def test_a_new_file_is_found_without_a_list(monkeypatch, tmp_path):
    (tmp_path / "toy.py").write_text("RECIPES = {'toy-data': None}\n\n\ndef start(*_):\n    pass\n")
    monkeypatch.setattr(training, "__path__", [*training.__path__, str(tmp_path)])
    command.recipes.cache_clear()
    try:
        assert command.recipes()["toy-data"][0].__name__ == "aigc_demo.training.toy"
    finally:
        command.recipes.cache_clear()
