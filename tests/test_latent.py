"""Ways between two points: where they begin and end, how long they are between, and where there is no one way."""

import pytest
import torch

from aigc_demo.sampling.latent import lerp, slerp

WAYS = (lerp, slerp)


def code(*numbers):
    return torch.tensor([numbers])


@pytest.mark.parametrize("way", WAYS)
def test_a_way_ends_exactly_where_it_should(way):
    a, b = torch.randn(50, 16) * 3, torch.randn(50, 16)
    assert torch.equal(way(a, b, 0.0), a) and torch.equal(way(a, b, 1.0), b)


def test_the_straight_way_is_shorter_in_the_middle_and_the_arc_is_not():
    a, b = torch.nn.functional.normalize(torch.randn(2, 50, 16), dim=2)
    for share in (0.1, 0.5, 0.8):
        torch.testing.assert_close(slerp(a, b, share).norm(dim=1), torch.ones(50))
        assert (lerp(a, b, share).norm(dim=1) < 1).all()


def test_an_arc_turns_evenly():
    quarter = slerp(code(1.0, 0.0), code(0.0, 1.0), 1 / 3)
    torch.testing.assert_close(quarter, code(3**0.5 / 2, 0.5))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (code(1.0, 2.0), code(1.0, 2.0)),  # the same
        (code(1.0, 2.0), code(3.0, 6.0)),  # the same way, farther
        (code(1.0, 2.0), code(-1.0, -2.0)),  # the opposite way
        (code(0.0, 0.0), code(1.0, 2.0)),  # from nowhere
        (code(0.0, 0.0), code(0.0, 0.0)),
        (code(1e-20, 0.0), code(0.0, 1e20)),
    ],
    ids=["same", "longer", "opposite", "from zero", "zeros", "huge"],
)
def test_there_is_a_way_between_any_two(a, b):
    for share in (0.0, 0.25, 0.5, 1.0):
        assert torch.isfinite(slerp(a, b, share)).all()
    assert torch.equal(slerp(a, b, 0.0), a) and torch.equal(slerp(a, b, 1.0), b)


def test_where_both_point_the_same_way_the_arc_is_straight():
    torch.testing.assert_close(slerp(code(1.0, 2.0), code(3.0, 6.0), 0.5), code(2.0, 4.0))
