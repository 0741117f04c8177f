"""Shared by all tests: seeds, a store with a tiny model for every id of the catalogue, and the running app."""

import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

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


@pytest.fixture(scope="session")
def app_process(tmp_path_factory):
    """The app as `make run` starts it, with what ships, on a free port of loopback: process, address, log."""
    folder = tmp_path_factory.mktemp("app")
    environment = {"OMP_NUM_THREADS": "1", **os.environ, "GRADIO_TEMP_DIR": str(folder / "cache")}
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        environment.pop(name, None)
    log = folder / "app.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=Path(__file__).parent.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    found = re.search(r"http://[^\s/]+", process.stdout.readline())
    if not found:
        process.kill()
        pytest.fail(log.read_text())
    yield process, found[0], log
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def app_url(app_process):
    """Address of the one app that browser and API tests share, without a slash at its end."""
    return app_process[1]
