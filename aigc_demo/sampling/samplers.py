"""From noise to a picture in N steps: five ways over the same noise levels.

    ddpm    ancestral sampling             Ho et al., 2020 (arXiv:2006.11239), algorithm 2
    ddim    deterministic at eta 0         Song et al., 2020 (arXiv:2010.02502), eq. 12 and 16
    euler   Euler's method on the flow     Liu et al., 2022 (arXiv:2209.03003), eq. 1; Karras et al., 2022, table 1
    heun    two looks per step             Karras et al., 2022 (arXiv:2206.00364), algorithm 1
    dpmpp   DPM-Solver++ 2M                Lu et al., 2022 (arXiv:2211.01095), algorithm 2

Every step function takes x_t and what the network made of it, and gives x at the next level; all are (B, C, H, W).
`a` is alpha_bar at the present level, `a_next` at the next one; a_next = 1 is the clean picture.
At the same levels euler and ddim with eta 0 are one formula in two coordinates, and draw the same picture.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoise, Estimate


@dataclass(frozen=True)
class Moment:
    """One step of a run: the noisy picture and what the network makes of it."""

    level: int  # noise level t
    alpha_bar: float  # share of the signal's power at this level
    x: Tensor  # x_t, (B, C, H, W)
    estimate: Estimate


def levels(steps: int, total: int = 1000, start: int | None = None) -> list[int]:
    """`steps` noise levels from `start` (by default the noisiest, total - 1) down, evenly ("trailing") spaced.

    Never more than there are levels below `start`.
    """
    top = total if start is None else start + 1
    count = min(steps, top)
    return [round(top - i * top / count) - 1 for i in range(count)]


def ddim_step(
    x0: Tensor, eps: Tensor, a: float, a_next: float, eta: float = 0.0, noise: Tensor | None = None
) -> Tensor:
    """Eq. 12; sigma by eq. 16. `noise` is only needed for eta > 0."""
    sigma = eta * math.sqrt((1 - a_next) / (1 - a) * (1 - a / a_next))
    x = math.sqrt(a_next) * x0 + math.sqrt(max(1 - a_next - sigma**2, 0.0)) * eps
    return x if noise is None or sigma == 0 else x + sigma * noise


def ddpm_step(x: Tensor, x0: Tensor, a: float, a_next: float, noise: Tensor | None = None) -> Tensor:
    """Eq. 7: the mean of q(x_next | x_t, x_0), then noise with the smaller of the two variances of section 3.2."""
    alpha = a / a_next  # of the whole jump
    mean = math.sqrt(a_next) * (1 - alpha) / (1 - a) * x0 + math.sqrt(alpha) * (1 - a_next) / (1 - a) * x
    variance = (1 - a_next) / (1 - a) * (1 - alpha)
    return mean if noise is None or a_next >= 1 else mean + math.sqrt(variance) * noise


def flow_time(a: float) -> float:
    """Flow time s in [0, 1] of a noise level: x_t / (signal + noise) = (1 - s) x_0 + s eps."""
    signal, noise = math.sqrt(a), math.sqrt(1 - a)
    return noise / (signal + noise)


def to_flow(x: Tensor, a: float) -> Tensor:
    """x_t in the coordinates of the flow."""
    return x / (math.sqrt(a) + math.sqrt(1 - a))


def from_flow(x: Tensor, a: float) -> Tensor:
    """The inverse of to_flow."""
    return x * (math.sqrt(a) + math.sqrt(1 - a))


def euler_step(x_flow: Tensor, velocity: Tensor, s: float, s_next: float) -> Tensor:
    """One straight piece along the velocity eps - x_0, in flow coordinates."""
    return x_flow + (s_next - s) * velocity


def heun_step(x_flow: Tensor, velocity: Tensor, velocity_next: Tensor, s: float, s_next: float) -> Tensor:
    """Algorithm 1, line 8: along the mean of the velocities at both ends, in flow coordinates."""
    return x_flow + (s_next - s) * 0.5 * (velocity + velocity_next)


def half_log_snr(a: float) -> float:
    """lambda = log(signal / noise)."""
    return 0.5 * (math.log(a) - math.log1p(-a))


def dpmpp_step(x: Tensor, x0: Tensor, a: float, a_next: float, before: tuple[Tensor, float] | None = None) -> Tensor:
    """Algorithm 2. `before` is (x0, alpha_bar) of the step before; without it the step is of first order (DDIM)."""
    if a_next >= 1:
        return x0
    h = half_log_snr(a_next) - half_log_snr(a)
    target = x0
    if before is not None:
        r = (half_log_snr(a) - half_log_snr(before[1])) / h
        target = (1 + 1 / (2 * r)) * x0 - 1 / (2 * r) * before[0]
    return math.sqrt((1 - a_next) / (1 - a)) * x - math.sqrt(a_next) * math.expm1(-h) * target


@torch.inference_mode()
def sample(
    denoise: Denoise,
    x: Tensor,
    visit: list[int],
    alpha_bar: Tensor,
    sampler: str = "ddim",
    eta: float = 0.0,
    noise: SeededNoise | None = None,
) -> Iterator[Moment]:
    """Yield a Moment per noise level in `visit`, then one at level -1 whose x is the picture.

    x (B, C, H, W) is the picture at level visit[0], alpha_bar (T,). ddpm, and ddim with eta > 0, draw from `noise`.
    """
    before: tuple[Tensor, float] | None = None
    for i, level in enumerate(visit):
        a = float(alpha_bar[level])
        a_next = float(alpha_bar[visit[i + 1]]) if i + 1 < len(visit) else 1.0
        estimate = denoise(x, level, a)
        yield Moment(level, a, x, estimate)
        x0, eps = estimate.x0, estimate.eps
        fresh = noise.draw(tuple(x.shape[1:])) if noise and a_next < 1 and (sampler == "ddpm" or eta > 0) else None
        if sampler == "ddim":
            x = ddim_step(x0, eps, a, a_next, eta, fresh)
        elif sampler == "ddpm":
            x = ddpm_step(x, x0, a, a_next, fresh)
        elif sampler == "dpmpp":
            x = dpmpp_step(x, x0, a, a_next, before)
            before = (x0, a)
        elif sampler in ("euler", "heun"):
            s, s_next = flow_time(a), flow_time(a_next)
            x_flow = to_flow(x, a)
            ahead = from_flow(euler_step(x_flow, eps - x0, s, s_next), a_next)
            if sampler == "heun" and a_next < 1:
                again = denoise(ahead, visit[i + 1], a_next)
                ahead = from_flow(heun_step(x_flow, eps - x0, again.eps - again.x0, s, s_next), a_next)
            x = ahead
        else:
            raise ValueError(f"sampler must be one of {', '.join(SAMPLERS)}, got {sampler}")
    yield Moment(-1, 1.0, x, replace(estimate, x0=x))  # no noise is left; the noise seen last is kept to be looked at
