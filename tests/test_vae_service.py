"""The autoencoder use-cases, on tiny untrained weights of the right shape."""

import dataclasses
import shutil

import numpy as np
import pytest
import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import ASSETS, Catalogue
from aigc_demo.checkpoints.store import Store, named
from aigc_demo.models.vae import VAE, VAEConfig
from aigc_demo.services.vae.requests import KINDS, Anomaly, Beta, Draw, Plane, Rebuild, Shapes, Walk
from aigc_demo.services.vae.service import create


def tiny(id):
    """A small model with the shape of the one that ships under this id."""
    if id.startswith("vae-shapes"):
        return VAE(VAEConfig((1, 64, 64), latent=10, hidden=(8,), maps=(2, 2, 2), strides=(4, 2, 2)))
    plain, classes = "-ae" in id, 10 if "cvae" in id else 0
    likelihood = "gaussian" if plain else "bernoulli"
    latent = 2 if id.endswith("2d") else 16
    return VAE(VAEConfig(latent=latent, hidden=(16, 8), classes=classes, variational=not plain, likelihood=likelihood))


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    """A folder of assets with tiny autoencoders and the real digits."""
    folder = tmp_path_factory.mktemp("assets")
    torch.manual_seed(0)
    for entry in catalogue.family("vae").checkpoints:
        if entry.data in ("mnist", "shapes"):
            files.save(tiny(entry.id), folder / entry.file)
    judge = catalogue.checkpoint("judge-digits")
    files.save(named(judge.model)(named(judge.config).tiny()), folder / judge.file)
    (folder / "examples").mkdir()
    shutil.copy(ASSETS / "examples" / "mnist-samples.png", folder / "examples")
    return folder


@pytest.fixture(scope="module")
def service(assets):
    """The use-cases over them."""
    entries = tuple(dataclasses.replace(entry, sha256="") for entry in catalogue.shipped().checkpoints)
    return create(Store(assets, device="cpu", listing=Catalogue(catalogue.families(), entries)))


def test_shapes_of_everything(service):
    assert service.plane(Plane()).shape == (4, 28, 28)
    for code in (2, 16):
        made = service.rebuild(Rebuild(code=code))
        assert [row.kind for row in made.rows] == list(KINDS)
        for row in made.rows:
            assert row.mean.shape == row.deviation.shape == (code,) and row.again.shape == (8, 28, 28)
    for kind in KINDS:
        way = service.walk(Walk(kind=kind))
        assert way.straight.shape == way.arc.shape == way.fade.shape == (11, 28, 28)
        assert way.straight_norm.shape == way.arc_norm.shape == (11,)
        assert service.draw(Draw(kind=kind)).shape == (80 if kind == "cvae" else 64, 28, 28)
    assert service.draw(Draw(kind="cvae", digit=3)).shape == (64, 28, 28)
    assert service.beta(Beta()).traversals.shape == (16, 9, 28, 28)
    assert service.shapes(Shapes()).traversals.shape == (10, 9, 64, 64)
    assert np.isfinite(service.anomaly(Anomaly()).bound_nats)
