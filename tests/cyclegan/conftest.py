"""Tiny translators, for all tests of the family."""

import pytest
from tiny_cyclegan import filled, tiny_store

from aigc_demo.services.service import Service


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with assets of tiny models and the emoji that ship."""
    folder = tmp_path_factory.mktemp("project")
    filled(folder / "assets")
    return folder


@pytest.fixture(scope="module")
def service(project):
    """The use cases over them."""
    return Service(tiny_store(project / "assets"))
