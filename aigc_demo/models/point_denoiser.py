"""Diffusion and flow matching for points of the plane, small enough to train while one watches.

             x_t from point x and noise e, t in [0, 1]         the network says   sampling
diffusion    cos(pi t / 2) x + sin(pi t / 2) e                 e                  DDIM, from t = 1 down
flow         (1 - t) e + t x                                   x - e              Euler, from t = 0 up

Ho et al., 2020 (arXiv:2006.11239), with the cosine of Nichol & Dhariwal, 2021 (arXiv:2102.09672), and Song et al., 2020
(arXiv:2010.02502), equation 12. Lipman et al., "Flow Matching for Generative Modeling", 2022 (arXiv:2210.02747),
equation 23. B batch.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.point_gan import PointGANConfig, perceptron

WAVES = 4  # sines and cosines of t, from one half turn on, each twice as fast as the one before
CLEAN = 0.02  # of pure noise, t = 1, diffusion's first step is so far


def times(t: Tensor) -> Tensor:
    """t (B,) -> (B, 2 WAVES)."""
    angle = math.pi * t[:, None] * 2.0 ** torch.arange(WAVES)
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class PointDenoiser(nn.Module):
    """Where a noisy point should go: its noise (diffusion) or its velocity (flow)."""

    def __init__(self, config: PointGANConfig, flow: bool):
        super().__init__()
        self.config, self.flow = config, flow
        self.layers = perceptron(2 + 2 * WAVES, config.width, config.depth, 2)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Points x (B, 2) at times t (B,) -> (B, 2)."""
        return self.layers(torch.cat([x, times(t)], dim=1))

    def loss(self, x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """Mean squared error for points x (B, 2), normal noise (B, 2) and times t (B,)."""
        if self.flow:
            share = t[:, None]
            return F.mse_loss(self((1 - share) * noise + share * x, t), x - noise)
        signal, level = mixture(t)
        return F.mse_loss(self(signal * x + level * noise, t), noise)

    def sample(self, noise: Tensor, steps: int) -> Tensor:
        """From normal noise (B, 2) to points (B, 2) in so many steps."""
        x, ones = noise, torch.ones(len(noise))
        if self.flow:
            for step in range(steps):
                x = x + self(x, step / steps * ones) / steps
            return x
        *stops, _ = torch.linspace(1 - CLEAN, 0, steps + 1)
        for t, after in zip(stops, [*stops[1:], torch.tensor(0.0)], strict=True):
            made = self(x, t * ones)
            signal, level = mixture(t[None])
            x0 = ((x - level * made) / signal).clamp(-2, 2)  # the first steps' signal is tiny
            signal, level = mixture(after[None])
            x = signal * x0 + level * made
        return x

    def direction(self, x: Tensor, t: float) -> Tensor:
        """Where points x (B, 2) are sent at time t, (B, 2): against the noise, or along the velocity."""
        found: Tensor = self(x, torch.full((len(x),), t))
        return found if self.flow else -found


def mixture(t: Tensor) -> tuple[Tensor, Tensor]:
    """Shares of point and of noise at times t (B,), (B, 1) each; their squares sum to 1."""
    angle = math.pi / 2 * t[:, None]
    return angle.cos(), angle.sin()
