"""White shapes on black whose every factor is known, drawn by formula after dSprites (Matthey et al., 2017).

Five factors: shape, scale, rotation, x and y; 737,280 pictures of 64 x 64. Unlike the original, edges are smooth (the
share of a pixel that is covered, from the distance to the edge) and the 40 rotations do not hold a full turn twice.
A square looks the same after a quarter turn and an ellipse after a half: as in dSprites, such pictures keep labels of
their own.

In pixels: x runs to the right, y down, from the upper left corner; rotation is clockwise. A shape's position is its
centre of mass. The three have nearly the same area and reach 15 pixels from it at most, so none is ever cut.

B batch.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SIDE = 64  # pixels
SHAPES = ("square", "ellipse", "heart")
HALF_SIDE = 10.5  # of the square at scale 1
SEMI_AXES = (15.0, 9.5)  # of the ellipse at scale 1
LOBE = 8.0  # radius of the heart's lobes, and half the side of the square between them, at scale 1
# Along both sides of that square, how far the heart's centre of mass lies from the square's, in radii of a lobe
HEART_CENTRE = (math.pi / 2 + 2 / 3) / (math.pi + 4)
HEART_TURN = 1.25 * math.pi  # the square stands on its corner, the lobes above


@dataclass(frozen=True)
class Factor:
    name: str
    values: tuple[float, ...]  # what each index stands for


FACTORS = (
    Factor("shape", (0.0, 1.0, 2.0)),  # index into SHAPES
    Factor("scale", (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
    Factor("rotation", tuple(2 * math.pi * i / 40 for i in range(40))),  # radians
    Factor("x", tuple(16.5 + i for i in range(32))),  # pixels
    Factor("y", tuple(16.5 + i for i in range(32))),
)
SIZES = tuple(len(factor.values) for factor in FACTORS)


def square(u: Tensor, v: Tensor, scale: Tensor) -> Tensor:
    """Signed distance to the edge, below 0 inside. u, v (B, SIDE, SIDE) in the shape's own axes, scale (B, 1, 1)."""
    return torch.maximum(u.abs(), v.abs()) - HALF_SIDE * scale


def ellipse(u: Tensor, v: Tensor, scale: Tensor) -> Tensor:
    """To first order near the edge: f / |grad f| of f = (|p|^2 - 1) / 2 with p the place in units of the semi-axes."""
    along, across = (axis * scale for axis in SEMI_AXES)
    p, q = u / along, v / across
    slope = torch.hypot(p / along, q / across).clamp(min=1e-6)
    return (p.square() + q.square() - 1) / (2 * slope)


def heart(u: Tensor, v: Tensor, scale: Tensor) -> Tensor:
    """A square with a half disc on two neighbouring sides."""
    lobe = LOBE * scale
    u, v = u + HEART_CENTRE * lobe, v + HEART_CENTRE * lobe
    body = torch.maximum(u.abs(), v.abs()) - lobe
    # The two discs mirror each other in u = v: only the nearer one counts
    disc = torch.hypot(torch.maximum(u, v) - lobe, torch.minimum(u, v)) - lobe
    return torch.minimum(body, disc)


DISTANCES = ((square, 0.0), (ellipse, 0.0), (heart, HEART_TURN))  # as SHAPES, with the turn of its own axes


def draw_values(values: Tensor) -> Tensor:
    """Values of FACTORS (B, 5), anything between them too (but for the shape) -> pictures (B, 1, 64, 64) in [0, 1]."""
    shape, scale, rotation, x, y = values.float()[..., None, None].unbind(1)  # (B, 1, 1) each
    place = torch.arange(SIDE, device=values.device) + 0.5  # middle of each pixel
    pictures = torch.zeros(len(values), SIDE, SIDE, device=values.device)
    for kind, (distance, own) in enumerate(DISTANCES):
        rows = (shape.flatten().round() == kind).nonzero().flatten()
        turn = rotation[rows] + own
        right, down = place - x[rows], place[:, None] - y[rows]  # (b, 1, SIDE), (b, SIDE, 1)
        u = turn.cos() * right + turn.sin() * down
        v = turn.cos() * down - turn.sin() * right
        pictures[rows] = (0.5 - distance(u, v, scale[rows])).clamp_(0, 1)  # an edge is one pixel wide
    return pictures[:, None]


def values_of(indices: Tensor) -> Tensor:
    """indices (B, 5) -> what they stand for (B, 5)."""
    columns = zip(FACTORS, indices.unbind(1), strict=True)
    return torch.stack([torch.tensor(factor.values, device=i.device)[i] for factor, i in columns], dim=1)


def draw(indices: Tensor) -> Tensor:
    """indices (B, 5) into the values of FACTORS -> pictures (B, 1, 64, 64) in [0, 1]."""
    return draw_values(values_of(indices))


def random_factors(count: int, generator: torch.Generator) -> Tensor:
    """Indices (count, 5), each factor uniform and independent of the others."""
    return torch.stack([torch.randint(size, (count,), generator=generator) for size in SIZES], dim=1)


def held_out(indices: Tensor) -> Tensor:
    """Which combinations (B, 5) are never trained on: a tenth, by a hash of the picture's number. -> bool (B,)."""
    number = torch.zeros_like(indices[:, 0])
    for size, i in zip(SIZES, indices.unbind(1), strict=True):
        number = number * size + i
    for _ in range(2):  # multiply and fold; 27 + 32 bits do not overflow
        number = (number ^ (number >> 16)) * 0x45D9F3B & 0xFFFFFFFF
    return (number ^ (number >> 16)) % 10 == 0


def batch(count: int, generator: torch.Generator, held: bool) -> tuple[Tensor, Tensor]:
    """Random pictures (count, 1, 64, 64), all held out or none, and their indices (count, 5)."""
    indices = random_factors(count, generator)
    while (wrong := held_out(indices) != held).any():
        indices[wrong] = random_factors(int(wrong.sum()), generator)
    return draw(indices), indices


def training_batch(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pictures (count, 1, 64, 64) in [0, 1] and their indices (count, 5), none of them held out."""
    return batch(count, generator, held=False)


def held_out_batch(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pictures (count, 1, 64, 64) in [0, 1] and their indices (count, 5), all held out."""
    return batch(count, generator, held=True)
