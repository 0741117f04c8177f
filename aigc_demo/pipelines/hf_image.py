"""Draw with diffusers' own network and schedulers, to stand beside ours: same weights, noise and noise levels.

Names of our samplers and of the library's:

    ddpm    DDPMScheduler
    ddim    DDIMScheduler
    dpmpp   DPMSolverMultistepScheduler, algorithm dpmsolver++ of order 2
    euler   FlowMatchEulerDiscreteScheduler    \\  work on x / (signal + noise), where x_t lies on a straight line
    heun    FlowMatchHeunDiscreteScheduler     /   between the picture and the noise
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from aigc_demo.core.steps import Step
from aigc_demo.models.diffusion import DiffusionConfig
from aigc_demo.pipelines.library import diffusers

SCHEDULES = {"linear": "linear", "cosine": "squaredcos_cap_v2"}
PREDICTIONS = {"eps": "epsilon", "v": "v_prediction"}


@dataclass(frozen=True)
class LibraryDraw:
    """How to draw; the names and meanings are those of our own samplers."""

    sampler: str = "ddim"
    steps: int = 20
    guidance: float = 1.0  # classifier-free; 1 is the plain class-conditional network
    eta: float = 0.0  # share of fresh noise in ddim


def scheduler(config: DiffusionConfig, request: LibraryDraw) -> Any:
    """The library's scheduler of this sampler, set to the noise levels that our samplers visit."""
    library = diffusers()
    settings = {
        "num_train_timesteps": config.levels,
        "beta_schedule": SCHEDULES[config.schedule],
        "prediction_type": PREDICTIONS[config.prediction],
        "timestep_spacing": "trailing",
    }
    if request.sampler == "ddpm":
        made = library.DDPMScheduler(clip_sample=False, **settings)
    elif request.sampler == "dpmpp":
        made = library.DPMSolverMultistepScheduler(**settings)
    elif request.sampler in ("ddim", "euler", "heun"):
        made = library.DDIMScheduler(clip_sample=False, **settings)
    else:
        raise ValueError(f"diffusers has no sampler called {request.sampler} here")
    if request.eta:
        made.alphas_cumprod = made.alphas_cumprod.double()  # in float32 eta can end in a root below zero
    made.set_timesteps(request.steps)
    return made


@torch.inference_mode()
def draw(
    network: Any,
    config: DiffusionConfig,
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
    if request.sampler in ("euler", "heun"):
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
    network: Any, config: DiffusionConfig, x: Tensor, request: LibraryDraw, label: Tensor | None, levels: Any
) -> Iterator[Step[Tensor]]:
    """Euler and Heun: the library's flow schedulers, with our network's output turned into a velocity."""
    library = diffusers()
    signal = levels.alphas_cumprod[levels.timesteps].sqrt()
    noise = (1 - levels.alphas_cumprod[levels.timesteps]).sqrt()
    times = noise / (signal + noise)  # from about 1, noise, to 0, the picture
    if request.sampler == "euler":
        plan = library.FlowMatchEulerDiscreteScheduler(num_train_timesteps=config.levels)
        plan.set_timesteps(sigmas=times.tolist())
        visits = list(range(len(times)))
    else:
        plan = library.FlowMatchHeunDiscreteScheduler(num_train_timesteps=config.levels)
        plan.set_timesteps(len(times))
        visits = [0] + [i for i in range(1, len(times)) for _ in range(2)]  # two looks at every level but the first
        plan.timesteps = times[visits] * config.levels
        plan.sigmas = torch.cat([times[visits], torch.zeros(1)])
    x = x / (signal[0] + noise[0])
    for position, visit in enumerate(visits):
        a, b = signal[visit], noise[visit]
        seen = x * (a + b)
        output = guided(network, seen, levels.timesteps[visit], label, request.guidance)
        velocity = to_velocity(output, seen, a, b, config.prediction)
        x = plan.step(velocity, plan.timesteps[position], x, return_dict=False)[0]
        if position + 1 == len(visits) or visits[position + 1] != visit or request.sampler == "euler":
            yield Step(visit + 1, len(times), x)


def to_velocity(output: Tensor, x: Tensor, signal: Tensor, noise: Tensor, prediction: str) -> Tensor:
    """What the network says at x_t = signal x_0 + noise eps -> eps - x_0; all (B, C, H, W)."""
    if prediction == "v":
        return (noise * x + signal * output) - (signal * x - noise * output)
    return output - (x - noise * output) / signal


def guided(network: Any, x: Tensor, t: Tensor, label: Tensor | None, guidance: float) -> Tensor:
    """The network's output with classifier-free guidance; the last class is the null class."""
    if label is None and network.class_embedding is None:
        return network(x, t, return_dict=False)[0]
    nothing = torch.full((len(x),), network.config.num_class_embeds - 1, device=x.device)
    if label is None or guidance == 0:
        return network(x, t, nothing, return_dict=False)[0]
    if guidance == 1:
        return network(x, t, label, return_dict=False)[0]
    both = network(torch.cat([x, x]), t, torch.cat([nothing, label]), return_dict=False)[0]
    without, with_class = both.chunk(2)
    return without + guidance * (with_class - without)
