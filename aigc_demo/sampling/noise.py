"""Noise that depends on the seeds alone: not on the device, not on the batch."""

from collections.abc import Sequence

import torch
from torch import Tensor


def seeds_from(seed: int, count: int) -> list[int]:
    """So many seeds from one on; after the largest comes 0."""
    return [(seed + i) % 2**32 for i in range(count)]


class SeededNoise:
    """One generator per picture; drawn on the CPU (Karras et al., 2022, arXiv:2206.00364, do the same)."""

    def __init__(self, seeds: Sequence[int], device: torch.device | str = "cpu"):
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.device = device

    def draw(self, shape: tuple[int, ...]) -> Tensor:
        """Standard normal noise (B, *shape), the next from every picture's own stream."""
        return torch.stack([torch.randn(shape, generator=g) for g in self.generators]).to(self.device)
