"""The CLIP use cases: properties of every run on tiny weights, what the shipped weights must do, and bad input."""

import contextlib
import io
import runpy

import numpy as np
import pytest
import torch
from runs import Runs, last

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.data import images
from aigc_demo.services.clip.map import principal
from aigc_demo.services.clip.requests import MISTAKES, Beside, Classify, Map, Matrix
from aigc_demo.services.service import Service

BAD_LINES = [
    ("", "There is no sentence yet"),
    ("\n \n", "There is no sentence yet"),
    ("a dog\nzebra", "knows none of these words: zebra"),
    ("a dog\n" * 9, "At most 8 lines can be compared at once, got 9"),
    ("apple " * 5000, "at most 2000 characters"),
]


@pytest.fixture(scope="module")
def shipped():
    """The use cases over the weights that ship."""
    return Runs(Store(device="cpu"), "clip")


def test_shares_are_the_softmax_of_the_scaled_cosines(shipped):
    made = last(shipped.matrix(Matrix()))
    cosines, odds = torch.tensor(made.cosines), torch.tensor(made.odds)
    scale = shipped.store.load("clip-scenes").log_scale.exp()
    assert cosines.shape == (4, 6) and cosines.abs().max() <= 1.00001
    torch.testing.assert_close((scale * cosines).softmax(0), odds, rtol=1e-4, atol=1e-6)
    assert {held for row in made.true for held in row} == {True, False}


def test_a_picture_of_ones_own_is_one_more_column(shipped):
    red = images.to_data_url(images.to_pil(np.full((3, 9, 90), 0.9, np.float32)))
    made = last(shipped.matrix(Matrix(picture=red)))
    assert made.pictures.shape == (7, 3, 64, 64) and len(made.cosines[0]) == 7
    np.testing.assert_allclose(
        torch.tensor(made.cosines)[:, :6], torch.tensor(last(shipped.matrix(Matrix())).cosines), atol=1e-5
    )


def test_labels_come_in_the_order_of_their_share(shipped):
    made = last(shipped.classify(Classify(sample=1)))
    shares = [share for _, share, _ in made.labels]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("lines", "sentence"), BAD_LINES)
def test_what_cannot_be_read_is_said(shipped, lines, sentence):
    for use_case, make in (
        ("matrix", lambda: Matrix(lines)),
        ("classify", lambda: Classify(labels=lines)),
        ("beside", lambda: Beside(lines)),
    ):
        with pytest.raises(BadRequestError, match=sentence):
            last(getattr(shipped, use_case)(make()))


def test_what_is_no_picture_is_refused(shipped):
    for use_case, request in (
        ("matrix", Matrix(picture="data:image/png;base64,AA")),
        ("classify", Classify(picture="x")),
    ):
        with pytest.raises(BadFileError, match="not a picture"):
            last(getattr(shipped, use_case)(request))


def test_principal_components_are_those_of_the_covariance():
    vectors = torch.randn(40, 5) @ torch.diag(torch.tensor([5.0, 3.0, 1.0, 0.5, 0.1]))
    places, share = principal(vectors)
    values, axes = torch.linalg.eigh(torch.cov(vectors.T))
    wanted = (vectors - vectors.mean(0)) @ axes.flip(1)[:, :2]
    torch.testing.assert_close(places.abs(), wanted.abs(), rtol=1e-3, atol=1e-3)
    assert share == pytest.approx(float(values.flip(0)[:2].sum() / values.sum()), abs=1e-4)


def test_the_map_has_every_picture_its_two_sentences_and_ones_own(shipped):
    made = last(shipped.map(Map()))
    kinds = [point.kind for point in made.points]
    assert [kinds.count(kind) for kind in ("picture", "en", "zh", "own")] == [24, 24, 24, 1]
    assert 0 < made.share <= 1 and made.gap > 0
    assert last(shipped.map(Map(centred=True))).gap == pytest.approx(0, abs=1e-5)
    assert len(last(shipped.map(Map(sentence=""))).points) == 72
    with pytest.raises(BadRequestError, match="none of these words"):
        last(shipped.map(Map(sentence="zebra")))


def test_both_implementations_agree(shipped):
    made = last(shipped.beside(Beside()))
    assert made.first is None and made.maximum < 1e-3 and len(made.ours) == len(made.theirs) == 4


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_shows(shipped, mistake):
    made = last(shipped.beside(Beside(mistake=mistake)))
    assert made.maximum > 1e-2 or made.first is not None


def test_both_programs_see_the_same(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    request = Matrix(sentences="two apples\n一只猫", first=5)
    _, source = Service(shipped.store).python("clip_matrix", request)
    (tmp_path / "library.py").write_text(source)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        runpy.run_path(str(tmp_path / "library.py"), run_name="__main__")
    rows = [[float(word) for word in line.split()[:6]] for line in said.getvalue().splitlines()]
    np.testing.assert_allclose(rows, last(shipped.matrix(request)).cosines, atol=2e-4)
