"""Tiny untrained translators under the ids that ship, for the tests of the family."""

import dataclasses
import shutil
from pathlib import Path

import torch

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS, Catalogue, Checkpoint, Family
from aigc_demo.checkpoints.store import Store
from aigc_demo.models.cyclegan import CycleGAN, CycleGANConfig
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.services.cyclegan.requests import CYCLE, JUDGE, WITHOUT

TINY = dataclasses.replace(CycleGANConfig.tiny(), image_size=64, width=4, blocks=2)


def entry(name: str, family: str, model: type, config: type) -> Checkpoint:
    """A catalogue entry that nothing is known of yet."""
    paths = (f"{kind.__module__}:{kind.__name__}" for kind in (model, config))
    evaluate = f"aigc_demo.evaluation.{'emoji:measure_judge' if model is Judge else 'cyclegan:measure'}"
    file = f"checkpoints/{name}.safetensors"
    return Checkpoint(name, family, *paths, file, "emoji", "ours", f"train {name}", evaluate)


ENTRIES = (
    *(entry(name, "cyclegan", CycleGAN, CycleGANConfig) for name in (CYCLE, WITHOUT)),
    entry(JUDGE, "judge", Judge, JudgeConfig),
)


def filled(folder: Path) -> Path:
    """The folder with a file for both translators and the judge, and with the emoji to pick from."""
    torch.manual_seed(0)
    for known in ENTRIES:
        model = Judge(JudgeConfig(64, 3, 4, 18)) if known.id == JUDGE else CycleGAN(TINY)
        files.save(model, folder / known.file)
    (folder / "examples").mkdir()
    shutil.copy(ASSETS / "examples" / "emoji-pairs.png", folder / "examples")
    return folder


def tiny_store(folder: Path) -> Store:
    """A store over such a folder, which takes its files as they are."""
    return Store(folder, device="cpu", listing=Catalogue((Family("cyclegan", ENTRIES[:2]),), ENTRIES))
