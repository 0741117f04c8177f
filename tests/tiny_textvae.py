"""Tiny untrained text autoencoders under the ids that ship, for the tests of the family."""

import dataclasses
from pathlib import Path

import torch

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Catalogue, Checkpoint, Family
from aigc_demo.checkpoints.store import Store
from aigc_demo.data.sentences import SPECIAL
from aigc_demo.models.textvae import TextVAE, TextVAEConfig
from aigc_demo.services.textvae.requests import COMPARED, REVIEWS, VERSE

CHARACTERS = (*SPECIAL, *"空山不见人大漠孤烟直明月松间照清泉石上流雾春风吹又生独钓寒江雪")
PHRASES = "a beautiful film about love and loss the plot makes no sense at all dull movie"
WORDS = (*SPECIAL, *PHRASES.split())
SMALL = dataclasses.replace(TextVAEConfig.tiny(), tokens=CHARACTERS, longest=7)
CONFIGS = {
    VERSE: SMALL,
    REVIEWS: dataclasses.replace(SMALL, tokens=tuple(dict.fromkeys(WORDS)), by="words", longest=14),
    COMPARED["lm"]: dataclasses.replace(SMALL, variational=False),
    COMPARED["vae"]: SMALL,
    COMPARED["lm_inputless"]: dataclasses.replace(SMALL, variational=False, inputless=True),
    COMPARED["vae_inputless"]: dataclasses.replace(SMALL, inputless=True),
}
ENTRIES = tuple(
    Checkpoint(
        name,
        "textvae",
        "aigc_demo.models.textvae:TextVAE",
        "aigc_demo.models.textvae:TextVAEConfig",
        f"checkpoints/{name}.safetensors",
        "reviews" if name == REVIEWS else "poems",
        "ours",
        f"train {name}",
        "aigc_demo.evaluation.textvae:measure",
    )
    for name in CONFIGS
)


def filled(folder: Path) -> Path:
    """The folder with a file for every model of the family."""
    torch.manual_seed(0)
    for known in ENTRIES:
        files.save(TextVAE(CONFIGS[known.id]), folder / known.file, torch.int8)
    (folder / "examples").mkdir(exist_ok=True)
    return folder


def tiny_store(folder: Path) -> Store:
    """A store over such a folder, which takes its files as they are."""
    return Store(folder, device="cpu", listing=Catalogue((Family("textvae", ENTRIES),), ENTRIES))
