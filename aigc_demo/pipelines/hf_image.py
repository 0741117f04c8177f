"""Draw with diffusers' own network and schedulers, to compare with ours: same weights, noise and noise levels.

The flow schedulers work on x_t / (alpha + sigma), which lies on a straight line between picture and noise; alpha is
sqrt(alpha_bar_t), sigma sqrt(1 - alpha_bar_t).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.steps import Step
from aigc_demo.models.code_diffusion import CodeConfig
from aigc_demo.models.diffusion import DiffusionConfig
from aigc_demo.pipelines.library import diffusers

SCHEDULERS = {  # our sampler -> the library's class and options of its own
    "ddim": ("DDIMScheduler", {"clip_sample": False}),
    "dpmpp": ("DPMSolverMultistepScheduler", {}),  # dpmsolver++ of order 2
    "heun": ("FlowMatchHeunDiscreteScheduler", {}),
    "euler": ("FlowMatchEulerDiscreteScheduler", {}),
    "ddpm": ("DDPMScheduler", {"clip_sample": False}),
}
FLOW = ("euler", "heun")  # those that take their noise levels from DDIM's
SCHEDULES = {"linear": "linear", "cosine": "squaredcos_cap_v2"}
PREDICTIONS = {"eps": "epsilon", "v": "v_prediction"}


@dataclass(frozen=True)
class LibraryDraw:
    """How to draw; the names and meanings are those of our own samplers."""

    sampler: str = "ddim"
    steps: int = 20
    guidance: float = 1.0  # classifier-free; 1 is the plain class-conditional network
    eta: float = 0.0  # ddim's fresh noise: 0 none, 1 as much as ddpm


def scheduler(config: DiffusionConfig | CodeConfig, request: LibraryDraw) -> Any:
    """The library's scheduler of this sampler, set to our timesteps; ValueError for an unknown sampler.

    For a flow sampler it is DDIM's, which has the noise levels.
    """
    if request.sampler not in SCHEDULERS:
        raise ValueError(f"diffusers has no sampler called {request.sampler} here")
    name, options = SCHEDULERS["ddim" if request.sampler in FLOW else request.sampler]
    plan = getattr(diffusers(), name)(
        num_train_timesteps=config.levels,
        beta_schedule=SCHEDULES[config.schedule],
        prediction_type=PREDICTIONS[config.prediction],
        timestep_spacing="trailing",
        **options,
    )
    if request.eta:
        plan.alphas_cumprod = plan.alphas_cumprod.double()  # in float32 eta can end in a root below zero
    plan.set_timesteps(request.steps)
    return plan


@torch.inference_mode()
def draw(
    network: Any,
    config: DiffusionConfig | CodeConfig,
    x: Tensor,
    request: LibraryDraw,
    label: Tensor | None = None,
    generators: Sequence[torch.Generator] | None = None,
) -> Iterator[Step[Tensor]]:
    """Yield x (B, C, H, W) after every denoising step; the last one is the picture, folded as `x` was.

    `network` is the twin that to_library made, `x` the start noise, `label` (B,) the classes. `generators`, one per
    picture, give the fresh noise of ddpm and of ddim with eta.
    """
    plan = scheduler(config, request)
    if request.sampler in FLOW:
        yield from _flow(network, config, x, request, label, plan)
        return
    total = len(plan.timesteps)
    options: dict[str, Any] = {} if request.sampler == "dpmpp" else {"generator": generators and list(generators)}
    if request.sampler == "ddim":
        options["eta"] = request.eta
    gaps = (plan.timesteps - torch.cat([plan.timesteps[1:], torch.tensor([-1])])).tolist()
    for done, t in enumerate(plan.timesteps, 1):
        if request.sampler == "ddim":
            # it goes to t - T // steps, which is not the next of its own levels unless steps divides T
            plan.num_inference_steps = Fraction(config.levels, gaps[done - 1])
        output = guided(network, x, t, label, request.guidance)
        x = plan.step(output, t, x, return_dict=False, **options)[0]
        yield Step(done, total, x)


def _flow(
    network: Any, config: DiffusionConfig | CodeConfig, x: Tensor, request: LibraryDraw, label: Tensor | None, ddim: Any
) -> Iterator[Step[Tensor]]:
    """Euler and Heun: the library's flow schedulers, with our network's output turned into a velocity."""
    alphas = ddim.alphas_cumprod[ddim.timesteps].sqrt()
    sigmas = (1 - ddim.alphas_cumprod[ddim.timesteps]).sqrt()
    times = sigmas / (alphas + sigmas)  # from about 1, noise, to 0, the picture
    name, options = SCHEDULERS[request.sampler]
    plan = getattr(diffusers(), name)(num_train_timesteps=config.levels, **options)
    if request.sampler == "euler":
        plan.set_timesteps(sigmas=times.tolist())
        order = list(range(len(times)))
    else:
        plan.set_timesteps(len(times))
        order = [0] + [i for i in range(1, len(times)) for _ in range(2)]  # two evaluations per timestep but the first
        plan.timesteps = times[order] * config.levels
        plan.sigmas = torch.cat([times[order], torch.zeros(1)])
    x_flow = x / (alphas[0] + sigmas[0])
    for position, i in enumerate(order):
        x = x_flow * (alphas[i] + sigmas[i])
        output = guided(network, x, ddim.timesteps[i], label, request.guidance)
        velocity = to_velocity(output, x, alphas[i], sigmas[i], config.prediction)
        x_flow = plan.step(velocity, plan.timesteps[position], x_flow, return_dict=False)[0]
        if position + 1 == len(order) or order[position + 1] != i or request.sampler == "euler":
            yield Step(i + 1, len(times), x_flow)


def to_velocity(output: Tensor, x: Tensor, alpha: Tensor, sigma: Tensor, prediction: str) -> Tensor:
    """The network's output at x_t = alpha x_0 + sigma eps -> eps - x_0; all (B, C, H, W)."""
    if prediction == "v":
        return (sigma * x + alpha * output) - (alpha * x - sigma * output)
    return output - (x - sigma * output) / alpha


def guided(network: Any, x: Tensor, t: Tensor, label: Tensor | None, guidance: float) -> Tensor:
    """The network's output with classifier-free guidance; the last class is the null class."""
    if label is None and network.class_embedding is None:
        return network(x, t, return_dict=False)[0]
    null = torch.full((len(x),), network.config.num_class_embeds - 1, device=x.device)
    if label is None or guidance == 0:
        return network(x, t, null, return_dict=False)[0]
    if guidance == 1:
        return network(x, t, label, return_dict=False)[0]
    both = network(torch.cat([x, x]), t, torch.cat([null, label]), return_dict=False)[0]
    unconditional, conditional = both.chunk(2)
    return unconditional + guidance * (conditional - unconditional)
