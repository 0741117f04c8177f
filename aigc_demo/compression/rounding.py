"""Weights with few bits: round to nearest on a uniform grid, one grid per output channel or one for a whole matrix.

    code = clamp(round(w / scale) + zero, 0, 2^bits - 1),   w' = scale (code - zero)

scale and zero are such that the least and the largest weight of a channel, and 0, lie on the grid: affine or asymmetric
quantisation, Jacob et al., 2018 (arXiv:1712.05877), eq. 1; Krishnamoorthi, 2018 (arXiv:1806.08342), sections 2.1 and
3.1.1. Only weights are rounded, and they are float32 again before anything is computed ("weight-only", "simulated").

Matrices of every layer are rounded: linear, convolution, embedding. Vectors (biases, norms) stay as they are.

O output channels, I weights of a channel.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

WHOLE = 32  # bits of a float32
HALF = 16  # of a float16, which is no grid of ours


@dataclass(frozen=True)
class Grid:
    """Levels scale * (code - zero), code 0 to 2^bits - 1; scale and zero (O, 1), or (1, 1) for a whole matrix."""

    bits: int
    scale: Tensor
    zero: Tensor

    def codes(self, rows: Tensor) -> Tensor:
        """rows (O, I) -> number of the nearest level (O, I), as float32."""
        return (rows / self.scale).round_().add_(self.zero).clamp_(0, 2**self.bits - 1)

    def nearest(self, rows: Tensor) -> Tensor:
        """rows (O, I) -> the nearest levels (O, I)."""
        return (self.codes(rows) - self.zero) * self.scale


def grid_of(rows: Tensor, bits: int, per_channel: bool = True) -> Grid:
    """The grid between the least and the largest weight of each row of (O, I), or of all of them."""
    reduced = rows if per_channel else rows.reshape(1, -1)
    low, high = reduced.amin(1, keepdim=True).clamp_max(0), reduced.amax(1, keepdim=True).clamp_min(0)
    scale = ((high - low) / (2**bits - 1)).half().float()  # as it is stored
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    return Grid(bits, scale, (-low / scale).round().clamp(0, 2**bits - 1))


def matrices(model: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    """Name and weight of everything that is rounded or pruned; a weight that is used twice comes once."""
    return ((name, weight) for name, weight in model.named_parameters() if weight.ndim >= 2)


def rounded(weight: Tensor, bits: int, per_channel: bool = True) -> Tensor:
    """weight (O, ...) with so many bits: 32 as it is, 16 as float16 has it, fewer on a grid."""
    if bits == WHOLE:
        return weight
    if bits == HALF:
        return weight.half().float()
    rows = weight.flatten(1)
    return grid_of(rows, bits, per_channel).nearest(rows).view_as(weight)


@torch.no_grad()
def with_bits(model: nn.Module, bits: int, per_channel: bool = True) -> nn.Module:
    """A copy of `model` whose matrices have so many bits a weight."""
    twin = copy.deepcopy(model)
    for _, weight in matrices(twin):
        weight.copy_(rounded(weight, bits, per_channel))
    return twin


def error_of(weight: Tensor, other: Tensor) -> float:
    """Relative error ||w - w'|| / ||w|| of two weights of one shape."""
    return float((weight - other).norm() / weight.norm().clamp_min(1e-12))
