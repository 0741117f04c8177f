"""Tiny untrained GANs in the shape of those that ship, for the tests of the family."""

import dataclasses
import shutil
from pathlib import Path

import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import ASSETS, Catalogue
from aigc_demo.checkpoints.store import Store, named
from aigc_demo.models.gan import GAN, GANConfig, init_weights

SMALL = {"width": 4, "critic_width": 4, "critic_norm": False}


def tiny(id: str) -> GAN:
    """A small model with the shape of the one that ships under this id; its pictures are neither blank nor full."""
    if id == "gan-colour":
        config = GANConfig(image_size=64, channels=3, **SMALL)
    elif id in ("gan-digits-mlp", "gan-digits-collapsed"):
        config = GANConfig(layers="dense", critic_norm=False)
    else:
        config = GANConfig(classes=10 if id == "gan-digits-conditional" else 0, **SMALL)
    model = GAN(config)
    init_weights(model, torch.Generator().manual_seed(len(id)))
    return model.eval()


def filled(folder: Path) -> Path:
    """The folder with a file for every GAN, a judge, and the pictures that take part."""
    for entry in catalogue.family("gan").checkpoints:
        files.save(tiny(entry.id), folder / entry.file)
    judge = catalogue.checkpoint("judge-digits")
    files.save(named(judge.model)(named(judge.config).tiny()), folder / judge.file)
    (folder / "examples").mkdir()
    for sheet in ("mnist-samples.png", "emoji-portraits.png"):
        if (ASSETS / "examples" / sheet).exists():
            shutil.copy(ASSETS / "examples" / sheet, folder / "examples")
    return folder


def tiny_store(folder: Path) -> Store:
    """A store over such a folder, which takes its files as they are."""
    entries = tuple(dataclasses.replace(entry, sha256="") for entry in catalogue.shipped().checkpoints)
    return Store(folder, device="cpu", listing=Catalogue(catalogue.families(), entries))
