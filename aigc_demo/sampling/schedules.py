"""How noise grows with the timestep t = 0 .. T-1.

x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps   (Ho et al., 2020, arXiv:2006.11239, eq. 4)

Linear betas: Ho et al., section 4. Cosine: Nichol & Dhariwal, 2021 (arXiv:2102.09672), eq. 17, betas capped at 0.999.
Flow: even steps of the flow time from 1 / T to 1, where no picture is left (Liu et al., 2022, arXiv:2209.03003).
"""

import math

import torch
from torch import Tensor

from aigc_demo.sampling.names import SCHEDULES


def alpha_bar(schedule: str, levels: int = 1000) -> Tensor:
    """alpha_bar_t of all T = `levels` timesteps: (T,) float64, falling from about 1 to about 0.

    ValueError for an unknown schedule.
    """
    if schedule == "linear":
        betas = torch.linspace(1e-4, 0.02, levels, dtype=torch.float64)
    elif schedule == "cosine":
        edges = torch.arange(levels + 1, dtype=torch.float64) / levels
        f = torch.cos((edges + 0.008) / 1.008 * math.pi / 2).square()
        betas = (1 - f[1:] / f[:-1]).clamp(max=0.999)
    elif schedule == "flow":
        s = (torch.arange(levels, dtype=torch.float64) + 1) / levels
        return (1 - s).square() / ((1 - s).square() + s.square())
    else:
        raise ValueError(f"schedule must be one of {', '.join(SCHEDULES)}, got {schedule}")
    return torch.cumprod(1 - betas, dim=0)


def add_noise(x0: Tensor, eps: Tensor, alpha_bar: Tensor) -> Tensor:
    """Eq. 4. x0 and eps (B, C, H, W), alpha_bar_t (B,) or one number -> x_t (B, C, H, W)."""
    a = alpha_bar.to(x0).view(-1, 1, 1, 1)  # type and device of the picture
    return a.sqrt() * x0 + (1 - a).sqrt() * eps


def log_snr(alpha_bar: Tensor) -> Tensor:
    """Signal-to-noise ratio in decibels, 10 log10(alpha_bar / (1 - alpha_bar)). (T,) -> (T,)."""
    return 10 * torch.log10(alpha_bar / (1 - alpha_bar))
