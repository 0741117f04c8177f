"""Every training recipe runs for two steps on made-up data, stops, goes on, and leaves a checkpoint that opens."""

import dataclasses
import inspect
import itertools
import math
from importlib import import_module
from pathlib import Path

import pytest
import tiny_scenes
import torch

from aigc_demo import training
from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.store import named
from aigc_demo.data import digits
from aigc_demo.models.clip import CLIP, CLIPConfig, TextConfig, TextTower
from aigc_demo.models.code_diffusion import CodeConfig, CodeDiffusion
from aigc_demo.models.convlstm import ConvLSTM, ConvLSTMConfig
from aigc_demo.models.dalle import DALLE, DALLEConfig
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig
from aigc_demo.models.video import Video, VideoConfig
from aigc_demo.models.vqvae import VQVAE, VQConfig
from aigc_demo.training.student import Pairs

FOLDER = Path(training.__file__).parent
MEASURED = ("scale",)  # fields of a model's config that the end of a training fills in
UNSHIPPED = {
    CLIPConfig: CLIP,
    ConvLSTMConfig: ConvLSTM,
    DALLEConfig: DALLE,
    CodeConfig: CodeDiffusion,
    Text2ImageConfig: Text2Image,
    VideoConfig: Video,
    VQConfig: VQVAE,
}  # no weights yet
RECIPES = sorted(path.stem for path in FOLDER.glob("*.py") if "class Recipe" in path.read_text(encoding="utf-8"))


def made_up(recipe, out, run):
    """What recipes ask for, by the names of the parameters of their `train`."""
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 256, (20, 1, 28, 28), generator=generator, dtype=torch.uint8)
    batch = (pictures[:4] / 255, torch.arange(4))
    written = (torch.randint(0, 8, (2, 8), generator=generator), torch.randint(0, 8, (2, 8), generator=generator))
    coloured = [torch.rand(20, 3, 32, 32, generator=generator) * 2 - 1 for _ in range(2)]
    return {
        "chances": torch.ones(20),
        "labelled": (digits.to_float(pictures), torch.arange(20) % 10, None),
        "vendors": tuple(coloured),
        "batches": lambda step: itertools.repeat(written if hasattr(recipe.model, "vocabulary") else batch),
        "sentences": torch.randint(4, 8, (20, 6), generator=generator),
        "pairs": [("天地日月", "山水风云"), ("日月", "风云")] * 4,
        "held_out": [("天地日月", "山水风云"), ("日月", "风云")] * 4,
        "images": digits.to_float(pictures),
        "labels": torch.arange(20) % 10,
        "handwritten": pictures[:, 0],
        "pictures": torch.randint(0, 256, (20, 4, 64, 64), generator=generator, dtype=torch.uint8),
        "renderer": tiny_scenes.renderer(run.parent / "emoji"),
        "codes": tiny_scenes.codes(recipe),
        "pool": tiny_scenes.pool(recipe, run.parent / "emoji"),
        "text": TextTower(TextConfig.tiny()),
        "teacher": GPT(recipe.model).eval()
        if isinstance(recipe.model, GPTConfig)
        else Text2Image(Text2ImageConfig.tiny()),
        "drawn": Pairs(*torch.randn(2, 20, 4, 8, 8, generator=generator).half(), torch.ones(20, 24, dtype=torch.int16)),
        "out": out,
        "run": run,
    }


@pytest.mark.parametrize("name", RECIPES)
def test_two_steps_and_again(name, tmp_path):
    module = import_module(f"aigc_demo.training.{name}")
    recipe = module.Recipe.tiny()
    out = tmp_path / f"{name}.safetensors"
    known = made_up(recipe, out, tmp_path / "run")
    wanted = [
        p.name
        for p in inspect.signature(module.train).parameters.values()
        if p.default is p.empty and p.name != "recipe"
    ]
    values = {parameter: known[parameter] for parameter in wanted}
    first = module.train(recipe, **values)
    further = module.train(dataclasses.replace(recipe, steps=recipe.steps + 1), **values)
    for metrics in (first, further):
        assert metrics
        assert all(math.isfinite(value) for value in metrics.values()), metrics
    assert out.stat().st_mode & 0o444 == 0o444
    kept = {path: path.read_bytes() for path in (out, *tmp_path.glob("run/*.jsonl"))}
    module.train(dataclasses.replace(recipe, steps=recipe.steps + 1), **values)  # a finished run stays as it is
    assert {path: path.read_bytes() for path in kept} == kept
    shipped = {named(entry.config): named(entry.model) for entry in catalogue.shipped().checkpoints}
    model = files.read(out, (shipped | UNSHIPPED)[type(recipe.model)], type(recipe.model))
    measured = {name: getattr(model.config, name) for name in MEASURED if hasattr(model.config, name)}
    assert model.config == dataclasses.replace(recipe.model, **measured)
