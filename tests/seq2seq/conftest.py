import pytest
from couplets import Shelf, tiny
from runs import Runs


@pytest.fixture(scope="module")
def service():
    return Runs(Shelf(tiny()), "seq2seq")
