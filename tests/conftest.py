"""Shared by all tests: seeds, and a store with a tiny model for every id of the catalogue."""

import dataclasses

import pytest
import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import Catalogue, Family
from aigc_demo.checkpoints.store import Store, named


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same random numbers."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Tiny untrained models under the ids that ship, with a catalogue that describes their files."""
    assets = tmp_path_factory.mktemp("assets")
    torch.manual_seed(0)
    entries = []
    for entry in catalogue.shipped().checkpoints:
        model = named(entry.model)(named(entry.config).tiny())
        files.save(model, assets / entry.file)
        entries.append(dataclasses.replace(entry, **catalogue.describe(assets / entry.file)))
    families = tuple(
        Family(family.stem, tuple(entry for entry in entries if entry.family == family.stem))
        for family in catalogue.families()
    )
    return Store(assets, device="cpu", listing=Catalogue(families, tuple(entries)))
