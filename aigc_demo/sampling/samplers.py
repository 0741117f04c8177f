"""From noise to a picture in N steps: one generator per sampler, over the same noise levels.

    ddim    deterministic at eta 0         Song et al., 2020 (arXiv:2010.02502), eq. 12 and 16
    dpmpp   DPM-Solver++ 2M                Lu et al., 2022 (arXiv:2211.01095), algorithm 2
    heun    second order, two evaluations  Karras et al., 2022 (arXiv:2206.00364), algorithm 1
    euler   Euler's method on the flow     Liu et al., 2022 (arXiv:2209.03003), eq. 1; Karras et al., 2022, table 1
    ddpm    ancestral sampling             Ho et al., 2020 (arXiv:2006.11239), algorithm 2

Notation, code -> papers; tensors are (B, C, H, W):

    x                  x_t                  the noisy picture at timestep t
    x0, eps            x_0, epsilon_theta   the predicted picture and noise
    a, a_next          alpha_bar_t          of this timestep and of the next one; 1 is the clean picture
    s, s_next          t of the flow        0 picture to 1 noise: x_t / (alpha + sigma) = (1 - s) x_0 + s eps
    x_flow, velocity   X_t, dX_t / dt       x in the coordinates of the flow, and eps - x_0
    h, r               h, r                 step and ratio of steps in lambda = log(alpha / sigma)
    z                  z, epsilon           fresh noise

At the same timesteps euler and ddim with eta 0 are one formula in two coordinates, and draw the same picture.
A new sampler is a generator here, its name in SAMPLERS and in sampling/names.py.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoise, Estimate


@dataclass(frozen=True)
class SamplerStep:
    """The noisy picture at one timestep, and what the network predicts there."""

    timestep: int  # t; -1 for the finished picture
    alpha_bar: float  # alpha_bar_t; 1 for the finished picture
    x: Tensor  # x_t, (B, C, H, W)
    estimate: Estimate


Sampler = Callable[[Denoise, Tensor, list[int], Tensor, float, SeededNoise | None], Iterator[SamplerStep]]


def trailing_timesteps(steps: int, total: int = 1000, start: int | None = None) -> list[int]:
    """`steps` evenly spaced timesteps from `start` (by default the noisiest, total - 1) down, spaced "trailing".

    Never more than there are timesteps below `start`. Lin et al., 2023 (arXiv:2305.08891), section 3.3.
    """
    top = total if start is None else start + 1
    count = min(steps, top)
    return [round(top - i * top / count) - 1 for i in range(count)]


@torch.inference_mode()
def sample(
    denoise: Denoise,
    x: Tensor,
    timesteps: list[int],
    alpha_bar: Tensor,
    sampler: str | Sampler = "ddim",
    eta: float = 0.0,
    noise: SeededNoise | None = None,
) -> Iterator[SamplerStep]:
    """Yield a SamplerStep per timestep, then one at timestep -1 whose x is the picture.

    x (B, C, H, W) at timesteps[0], alpha_bar (T,); a sampler by its name, or itself. ddpm, and ddim with eta > 0, draw
    from `noise`, or leave it out where there is none. ValueError for an unknown name.
    """
    if isinstance(sampler, str):
        if sampler not in SAMPLERS:
            raise ValueError(f"sampler must be one of {', '.join(SAMPLERS)}, got {sampler}")
        sampler = SAMPLERS[sampler]
    yield from sampler(denoise, x, timesteps, alpha_bar, eta, noise)


def ddim(
    denoise: Denoise, x: Tensor, timesteps: list[int], alpha_bar: Tensor, eta: float, noise: SeededNoise | None
) -> Iterator[SamplerStep]:
    """Denoising diffusion implicit models; eta 0 is deterministic, eta 1 as random as DDPM."""
    for t, a, a_next in transitions(timesteps, alpha_bar):
        estimate = denoise(x, t, a)
        yield SamplerStep(t, a, x, estimate)
        x = ddim_step(estimate.x0, estimate.eps, a, a_next, eta, fresh(noise, x, a_next) if eta > 0 else None)
    yield finished(x, estimate)


def ddim_step(x0: Tensor, eps: Tensor, a: float, a_next: float, eta: float = 0.0, z: Tensor | None = None) -> Tensor:
    """Eq. 12, with sigma by eq. 16; z is only needed for eta > 0."""
    sigma = eta * math.sqrt((1 - a_next) / (1 - a) * (1 - a / a_next))
    x = math.sqrt(a_next) * x0 + math.sqrt(max(1 - a_next - sigma**2, 0.0)) * eps
    return x if z is None or sigma == 0 else x + sigma * z


def dpmpp(
    denoise: Denoise, x: Tensor, timesteps: list[int], alpha_bar: Tensor, eta: float, noise: SeededNoise | None
) -> Iterator[SamplerStep]:
    """DPM-Solver++ 2M: second order from the prediction of the step before; the first step is of first order."""
    previous: tuple[Tensor, float] | None = None
    for t, a, a_next in transitions(timesteps, alpha_bar):
        estimate = denoise(x, t, a)
        yield SamplerStep(t, a, x, estimate)
        x = dpmpp_step(x, estimate.x0, a, a_next, previous)
        previous = (estimate.x0, a)
    yield finished(x, estimate)


def dpmpp_step(x: Tensor, x0: Tensor, a: float, a_next: float, previous: tuple[Tensor, float] | None = None) -> Tensor:
    """Algorithm 2. `previous` is (x0, alpha_bar) of the step before; without it the step is of first order (DDIM)."""
    if a_next >= 1:
        return x0
    h = half_log_snr(a_next) - half_log_snr(a)
    target = x0
    if previous is not None:
        r = (half_log_snr(a) - half_log_snr(previous[1])) / h
        target = (1 + 1 / (2 * r)) * x0 - 1 / (2 * r) * previous[0]
    return math.sqrt((1 - a_next) / (1 - a)) * x - math.sqrt(a_next) * math.expm1(-h) * target


def heun(
    denoise: Denoise, x: Tensor, timesteps: list[int], alpha_bar: Tensor, eta: float, noise: SeededNoise | None
) -> Iterator[SamplerStep]:
    """Heun's method on the flow: an Euler step, a second evaluation at its end, and a step along the mean velocity."""
    for i, (t, a, a_next) in enumerate(transitions(timesteps, alpha_bar)):
        estimate = denoise(x, t, a)
        yield SamplerStep(t, a, x, estimate)
        s, s_next, x_flow = flow_time(a), flow_time(a_next), to_flow(x, a)
        velocity = estimate.eps - estimate.x0
        x = from_flow(euler_step(x_flow, velocity, s, s_next), a_next)
        if a_next < 1:
            end = denoise(x, timesteps[i + 1], a_next)
            x = from_flow(heun_step(x_flow, velocity, end.eps - end.x0, s, s_next), a_next)
    yield finished(x, estimate)


def heun_step(x_flow: Tensor, velocity: Tensor, velocity_next: Tensor, s: float, s_next: float) -> Tensor:
    """Algorithm 1, line 8: along the mean of the velocities at both ends, in flow coordinates."""
    return x_flow + (s_next - s) * 0.5 * (velocity + velocity_next)


def euler(
    denoise: Denoise, x: Tensor, timesteps: list[int], alpha_bar: Tensor, eta: float, noise: SeededNoise | None
) -> Iterator[SamplerStep]:
    """Euler's method on the flow: one evaluation per timestep."""
    for t, a, a_next in transitions(timesteps, alpha_bar):
        estimate = denoise(x, t, a)
        yield SamplerStep(t, a, x, estimate)
        velocity = estimate.eps - estimate.x0
        x = from_flow(euler_step(to_flow(x, a), velocity, flow_time(a), flow_time(a_next)), a_next)
    yield finished(x, estimate)


def euler_step(x_flow: Tensor, velocity: Tensor, s: float, s_next: float) -> Tensor:
    """One straight piece along the velocity eps - x_0, in flow coordinates."""
    return x_flow + (s_next - s) * velocity


def ddpm(
    denoise: Denoise, x: Tensor, timesteps: list[int], alpha_bar: Tensor, eta: float, noise: SeededNoise | None
) -> Iterator[SamplerStep]:
    """Ancestral sampling: draw x from q(x_next | x_t, x0) at every timestep."""
    for t, a, a_next in transitions(timesteps, alpha_bar):
        estimate = denoise(x, t, a)
        yield SamplerStep(t, a, x, estimate)
        x = ddpm_step(x, estimate.x0, a, a_next, fresh(noise, x, a_next))
    yield finished(x, estimate)


def ddpm_large(
    denoise: Denoise, x: Tensor, timesteps: list[int], alpha_bar: Tensor, eta: float, noise: SeededNoise | None
) -> Iterator[SamplerStep]:
    """Ancestral sampling with the larger variance. Like diffusers', only a step from timestep 0 adds no noise."""
    for t, a, a_next in transitions(timesteps, alpha_bar):
        estimate = denoise(x, t, a)
        yield SamplerStep(t, a, x, estimate)
        z = noise.draw(tuple(x.shape[1:])) if noise is not None and t > 0 else None
        x = ddpm_step(x, estimate.x0, a, a_next, z, large=True)
    yield finished(x, estimate)


def ddpm_step(x: Tensor, x0: Tensor, a: float, a_next: float, z: Tensor | None = None, large: bool = False) -> Tensor:
    """Eq. 7: the mean of q(x_next | x_t, x_0), then noise with the smaller or larger variance of section 3.2."""
    alpha = a / a_next  # of the whole jump
    mean = math.sqrt(a_next) * (1 - alpha) / (1 - a) * x0 + math.sqrt(alpha) * (1 - a_next) / (1 - a) * x
    variance = 1 - alpha if large else (1 - a_next) / (1 - a) * (1 - alpha)
    return mean if z is None else mean + math.sqrt(variance) * z


SAMPLERS: dict[str, Sampler] = {"ddim": ddim, "dpmpp": dpmpp, "heun": heun, "euler": euler, "ddpm": ddpm}


def transitions(timesteps: list[int], alpha_bar: Tensor) -> Iterator[tuple[int, float, float]]:
    """(t, alpha_bar_t, alpha_bar of the next timestep) along `timesteps`; after the last one comes 1."""
    values = [float(alpha_bar[t]) for t in timesteps]
    yield from zip(timesteps, values, [*values[1:], 1.0], strict=True)


def fresh(noise: SeededNoise | None, x: Tensor, a_next: float) -> Tensor | None:
    """Fresh noise like x (B, C, H, W); None at the last step, which adds none."""
    return noise.draw(tuple(x.shape[1:])) if noise is not None and a_next < 1 else None


def finished(x: Tensor, estimate: Estimate) -> SamplerStep:
    """The clean picture; the noise predicted last is kept to be shown."""
    return SamplerStep(-1, 1.0, x, replace(estimate, x0=x))


def half_log_snr(a: float) -> float:
    """lambda = log(alpha / sigma) of alpha_bar; at 0, where only noise is left, a very small number."""
    return 0.5 * (math.log(max(a, 1e-12)) - math.log1p(-a))


def flow_time(a: float) -> float:
    """Flow time s in [0, 1] of alpha_bar."""
    alpha, sigma = math.sqrt(a), math.sqrt(1 - a)
    return sigma / (alpha + sigma)


def to_flow(x: Tensor, a: float) -> Tensor:
    """x_t at alpha_bar = a -> x_t / (alpha + sigma), its coordinates in the flow."""
    return x / (math.sqrt(a) + math.sqrt(1 - a))


def from_flow(x: Tensor, a: float) -> Tensor:
    """x in the coordinates of the flow, at alpha_bar = a -> x_t."""
    return x * (math.sqrt(a) + math.sqrt(1 - a))
