"""Interpolation between two points of a latent space."""

import torch
from torch import Tensor


def lerp(a: Tensor, b: Tensor, share: float) -> Tensor:
    """Linear interpolation; its middle is shorter than its ends. a and b (B, ...), share of b -> (B, ...)."""
    return torch.lerp(a, b, share)  # exact at both ends


def slerp(a: Tensor, b: Tensor, share: float) -> Tensor:
    """Spherical interpolation (Shoemake, 1985) keeps the length of noise. a and b (B, ...), share of b -> (B, ...).

    Parallel vectors have no single arc between them and are interpolated linearly.
    """
    flat_a, flat_b = a.flatten(1), b.flatten(1)
    cosine = torch.nn.functional.cosine_similarity(flat_a, flat_b, dim=1).clamp(-1, 1)
    angle = torch.acos(cosine)  # (B,)
    sine = torch.sin(angle)
    plain = sine < 1e-4
    sine = torch.where(plain, torch.ones_like(sine), sine)
    left = torch.where(plain, 1 - share + 0 * angle, torch.sin((1 - share) * angle) / sine)
    right = torch.where(plain, share + 0 * angle, torch.sin(share * angle) / sine)
    return (left[:, None] * flat_a + right[:, None] * flat_b).view_as(a)
