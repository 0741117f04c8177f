"""How far apart two sets of pictures are, in the eyes of a network.

Heusel et al., 2017 (arXiv:1706.08500), eq. 6: each set is summed up by the mean m and covariance C of its features,

    d^2 = |m_1 - m_2|^2 + tr(C_1 + C_2 - 2 (C_1 C_2)^(1/2))

The trace of the root of a product is taken as that of (C_1^(1/2) C_2 C_1^(1/2))^(1/2), which is symmetric.
"""

import torch
from torch import Tensor


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """features (N, D) -> mean (D,), covariance (D, D), both float64."""
    features = features.double()
    return features.mean(0), torch.cov(features.T)


def root(matrix: Tensor) -> Tensor:
    """Square root of a symmetric positive matrix (D, D); eigenvalues below 0 are rounding and count as 0."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def frechet(features: Tensor, others: Tensor) -> float:
    """Eq. 6 of features (N, D) and others (M, D)."""
    (mean, covariance), (other_mean, other_covariance) = moments(features), moments(others)
    half = root(covariance)
    values = torch.linalg.eigvalsh(half @ other_covariance @ half)
    overlap = values.clamp(min=0).sqrt().sum()
    spread = covariance.trace() + other_covariance.trace() - 2 * overlap
    return float((mean - other_mean).square().sum() + spread)
