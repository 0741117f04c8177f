"""The use cases of the family, for all its tests."""

import pytest
from runs import Runs

from aigc_demo.checkpoints.store import Store


@pytest.fixture(scope="module")
def service(store):
    """The use-cases over tiny untrained weights."""
    return Runs(store, "diffusion")


@pytest.fixture(scope="module")
def shipped():
    """The use-cases over the weights that ship."""
    return Runs(Store(device="cpu"), "diffusion")
