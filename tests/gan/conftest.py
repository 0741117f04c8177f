"""Tiny GANs, for all tests of the family."""

import pytest
from runs import Runs
from tiny_gan import filled, tiny_store

from aigc_demo.models.point_gan import PointGANConfig
from aigc_demo.services.gan import live, points


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with assets of tiny models."""
    folder = tmp_path_factory.mktemp("project")
    filled(folder / "assets")
    return folder


@pytest.fixture(scope="module")
def service(project):
    """The use-cases over them."""
    return Runs(tiny_store(project / "assets"), "gan")


@pytest.fixture
def at_once(monkeypatch):
    """No rests between frames of the points."""
    monkeypatch.setattr(points.time, "sleep", lambda seconds: None)


@pytest.fixture
def gans(monkeypatch, store):
    """The use case of the points with tiny networks."""
    monkeypatch.setattr(live, "PointGANConfig", PointGANConfig.tiny)
    return Runs(store, "gan")
