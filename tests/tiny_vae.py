"""Tiny untrained autoencoders in the shape of those that ship, for the tests of the family."""

import dataclasses
import shutil
from pathlib import Path

import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import ASSETS, Catalogue
from aigc_demo.checkpoints.store import Store, named
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.vae import VAE, VAEConfig


def tiny(id: str) -> VAE:
    """A small model with the shape of the one that ships under this id."""
    if id.startswith("vae-shapes"):
        return VAE(VAEConfig((1, 64, 64), latent=10, hidden=(8,), maps=(2, 2, 2), strides=(4, 2, 2)))
    plain, classes = "-ae" in id, 10 if "cvae" in id else 0
    likelihood = "gaussian" if plain else "bernoulli"
    latent = 2 if id.endswith("2d") else 16
    return VAE(VAEConfig(latent=latent, hidden=(16, 8), classes=classes, variational=not plain, likelihood=likelihood))


def filled(folder: Path) -> Path:
    """The folder with a file for every autoencoder and a judge, and with the pictures to pick from."""
    torch.manual_seed(0)
    for entry in catalogue.family("vae").checkpoints:
        if entry.id.startswith(("vae-digits", "vae-shapes")):
            files.save(tiny(entry.id), folder / entry.file)
    colour = KLAutoencoder(KLConfig(widths=(8, 8, 8), groups=4))
    files.save(colour, folder / catalogue.checkpoint("kl-emoji").file)
    judge = catalogue.checkpoint("judge-digits")
    files.save(named(judge.model)(named(judge.config).tiny()), folder / judge.file)
    (folder / "examples").mkdir()
    for sheet in ("mnist-samples.png", "emoji-samples.png"):
        shutil.copy(ASSETS / "examples" / sheet, folder / "examples")
    return folder


def tiny_store(folder: Path) -> Store:
    """A store over such a folder, which takes its files as they are."""
    entries = tuple(dataclasses.replace(entry, sha256="") for entry in catalogue.shipped().checkpoints)
    return Store(folder, device="cpu", listing=Catalogue(catalogue.families(), entries))
