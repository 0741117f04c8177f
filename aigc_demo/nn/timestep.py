"""Turn a diffusion time into a vector that a network can use.

Vaswani et al., "Attention Is All You Need", 2017 (arXiv:1706.03762), section 3.5; used for diffusion time by
Ho et al., "Denoising Diffusion Probabilistic Models", 2020 (arXiv:2006.11239).
"""

import math

import torch
from torch import Tensor


def sinusoidal(t: Tensor, width: int, cosine_first: bool = True, shift: float = 0.0) -> Tensor:
    """t (B,) -> (B, width): sines and cosines of t at frequencies from 1 down to 1/10000.

    `shift` moves the last frequency: with 0 it stays just above 1/10000, with 1 it is reached exactly.
    """
    half = width // 2
    frequency = torch.exp(-math.log(10_000) * torch.arange(half, dtype=torch.float32, device=t.device) / (half - shift))
    angle = t.float()[:, None] * frequency  # (B, half)
    parts = (angle.cos(), angle.sin()) if cosine_first else (angle.sin(), angle.cos())
    return torch.cat(parts, dim=1)  # (B, width)
