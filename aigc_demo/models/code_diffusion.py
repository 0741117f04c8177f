"""Diffusion on linear codes of pictures: what principal components keep of a picture is denoised by a small network.

Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", 2022 (arXiv:2112.10752): diffusion in a
latent space. Here the autoencoder is principal component analysis (Pearson, 1901): spectrograms of words lie close
to a flat space; codes have variance 1.
Salimans & Ho, 2022 (arXiv:2202.00512): v-prediction. He et al., 2016 (arXiv:1603.05027): residual blocks with the
normalisation first; time and class are added in front of every block.

B batch, C channels, H height, W width, D length of a code, E width of the network.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aigc_demo.nn.timestep import sinusoidal

WAVES = 32  # numbers that stand for the timestep


@dataclass(frozen=True)
class CodeConfig:
    picture: tuple[int, int, int] = (1, 64, 64)  # C, H, W
    code: int = 48  # D
    width: int = 192  # E
    blocks: int = 3
    classes: int = 11  # with the null class last
    schedule: str = "cosine"  # how noise grows (sampling/schedules.py)
    prediction: str = "v"  # what the network predicts (sampling/predict.py)
    levels: int = 1000  # T, timesteps in training

    @classmethod
    def tiny(cls) -> "CodeConfig":
        """The smallest config that runs every line; for tests."""
        return cls(picture=(1, 8, 8), code=4, width=8, blocks=1)


class CodeDiffusion(nn.Module):
    """The code of pictures, and the network that denoises codes."""

    mean: Tensor  # (C * H * W,)
    basis: Tensor  # (C * H * W, D), a column per component, each of length 1
    scale: Tensor  # (D,), standard deviation along each

    def __init__(self, config: CodeConfig):
        super().__init__()
        self.config = config
        pixels, width = math.prod(config.picture), config.width
        self.register_buffer("mean", torch.zeros(pixels))
        self.register_buffer("basis", torch.eye(pixels, config.code))
        self.register_buffer("scale", torch.ones(config.code))
        self.enter = nn.Linear(config.code, width)
        self.time = nn.Sequential(nn.Linear(WAVES, width), nn.SiLU(), nn.Linear(width, width))
        self.label = nn.Embedding(config.classes, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
            for _ in range(config.blocks)
        )
        self.leave = nn.Linear(width, config.code)

    @torch.no_grad()
    def fit(self, pictures: Tensor) -> None:
        """Take mean, components and scale from pictures (N, C, H, W)."""
        flat = pictures.flatten(1)
        self.mean.copy_(flat.mean(0))
        *_, basis = torch.pca_lowrank(flat - self.mean, self.config.code, center=False)
        self.basis.copy_(basis)
        self.scale.copy_(((flat - self.mean) @ basis).std(0).clamp_min(1e-6))

    def encode(self, pictures: Tensor) -> Tensor:
        """pictures (B, C, H, W) -> codes (B, D, 1, 1)."""
        return ((pictures.flatten(1) - self.mean) @ self.basis / self.scale)[..., None, None]

    def decode(self, code: Tensor) -> Tensor:
        """codes (B, D, 1, 1) -> pictures (B, C, H, W)."""
        return ((code.flatten(1) * self.scale) @ self.basis.T + self.mean).view(-1, *self.config.picture)

    def forward(self, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """Noisy codes x (B, D, 1, 1), t (B,) in 0..T-1, label (B,) or None for no class -> prediction (B, D, 1, 1)."""
        if label is None:
            label = torch.full_like(t, self.config.classes - 1, dtype=torch.long)
        condition = self.time(sinusoidal(t, WAVES).to(x.dtype)) + self.label(label)  # (B, E)
        h = self.enter(x.flatten(1)) + condition
        for block in self.blocks:
            h = h + block(h + condition)
        return self.leave(h)[..., None, None]
