"""Sets of points in the plane, small enough to watch something being learned: shapes by formula, or drawn by hand.

Points are (N, 2) float, x to the right and y up; every shape fits into [-1, 1]. A drawing is a text such as
"0.1,-0.25; 0.12,-0.2", one point after the other.
"""

import math

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError

SETS = ("grid", "ring", "spiral", "line", "drawn")
CENTRES = tuple((0.8 * (k % 3 - 1), 0.8 * (k // 3 - 1)) for k in range(9))  # of the grid's nine clouds
CLOUD = 0.05  # standard deviation of each of them
PEN = 0.03  # standard deviation about a ring, a spiral, a line and a drawn point
MOST = 500  # points of a drawing
DIGITS = 3  # after the point, of a drawing's coordinates


def parse(drawing: str) -> tuple[tuple[float, float], ...]:
    """The points of a drawing; BadRequestError when it has none or too many, or is not one."""
    pieces = drawing.strip().strip(";").split(";", MOST + 1)
    if not any(piece.strip() for piece in pieces):
        raise BadRequestError("no_points")
    if len(pieces) > MOST:
        raise BadRequestError("many_points", most=MOST)
    return tuple(point(piece) for piece in pieces)


def point(text: str) -> tuple[float, float]:
    """Text "x,y" -> (x, y), rounded; BadRequestError unless both are in [-1, 1]."""
    try:
        x, y = (round(float(number), DIGITS) for number in text.split(","))
    except (ValueError, OverflowError):
        raise BadRequestError("not_points") from None
    if not (abs(x) <= 1 and abs(y) <= 1):  # NaN is not either
        raise BadRequestError("not_points")
    return x, y


def written(points: tuple[tuple[float, float], ...]) -> str:
    """Points as the text "x,y; x,y" that `point` reads."""
    return "; ".join(f"{x:g},{y:g}" for x, y in points)


def draw(name: str, count: int, generator: torch.Generator, drawn: Tensor | None = None) -> Tensor:
    """So many points of a set, (N, 2), fresh ones with every call; `drawn` (K, 2) are those of a drawing."""
    if name == "grid":
        centres = torch.tensor(CENTRES)[torch.randint(len(CENTRES), (count,), generator=generator)]
        return centres + CLOUD * torch.randn(count, 2, generator=generator)
    if drawn is not None:
        places = drawn[torch.randint(len(drawn), (count,), generator=generator)]
    else:
        places = place(name, torch.rand(count, generator=generator))
    return places + PEN * torch.randn(count, 2, generator=generator)


def place(name: str, share: Tensor) -> Tensor:
    """The points at these shares (N,) of the way along a curve, (N, 2)."""
    if name == "line":
        return torch.stack([1.7 * share - 0.85, 1.02 * share - 0.51], dim=1)
    turn = 2 * math.pi * share
    if name == "ring":
        return 0.8 * torch.stack([turn.cos(), turn.sin()], dim=1)
    radius = share.sqrt()  # as many points outside as inside
    turn = 1.6 * 2 * math.pi * radius
    return 0.9 * radius[:, None] * torch.stack([turn.cos(), turn.sin()], dim=1)
