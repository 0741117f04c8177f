"""A request as two runnable scripts: one with this project, one with diffusers and the same weights."""

import dataclasses

from aigc_demo.data.images import placed
from aigc_demo.services.diffusion.requests import ANY, CHECKPOINT, Draw, Forward, Grid, Walk

OURS = """# {title}, with aigc_demo. Run it in the project's folder.
from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import grid, to_pil
from aigc_demo.services.diffusion.requests import {name}
from aigc_demo.services.diffusion.service import create

service = create(Store())
request = {name}(
{values}
)
{use}
"""

USE = {
    "Draw": "*_, last = service.draw(request)  # one step per denoising step\n"
    'to_pil(last.value.x, scale=8).save("ours.png")',
    "Walk": '*_, last = service.walk(request)\ngrid(last.value, request.frames, scale=3).save("ours.png")',
    "Grid": '*_, last = service.grid(request)\ngrid(last.value, request.seeds, scale=3).save("ours.png")',
    "Forward": "from aigc_demo.services.diffusion.sheets import reach\n\nnoised = service.forward(request)\n"
    'to_pil(noised.x / reach(noised.alpha_bar), scale=8).save("ours.png")',
}

LIBRARY = """# {title}, with diffusers and the same weights. Run it in the project's folder.
import diffusers
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import grid, to_pil
from aigc_demo.pipelines.convert import to_library
{more}
model = Store(device="cpu").load({checkpoint!r})
unet = to_library(model)  # a diffusers.UNet2DModel
{schedule}

seeds = {seeds}
generators = [torch.Generator().manual_seed(seed) for seed in seeds]
noise = torch.stack([torch.randn(model.config.picture, generator=g) for g in generators])
{start}
"""

LOOP = """labels = torch.tensor({labels})
nothing = torch.full_like(labels, {null})

with torch.inference_mode():
    for t in scheduler.timesteps:
{predict}
        x = scheduler.step({step}).prev_sample
{end}
"""

GUIDED = """        without, with_class = unet(torch.cat([x, x]), t, torch.cat([nothing, labels])).sample.chunk(2)
        output = without + {guidance} * (with_class - without)"""
PLAIN = "        output = unet(x, t, {labels}).sample"

SETTINGS = """
    num_train_timesteps=1000,
    beta_schedule="squaredcos_cap_v2",
    prediction_type="v_prediction",
    timestep_spacing="trailing",
"""
SCHEDULERS = {
    "ddim": f"scheduler = diffusers.DDIMScheduler({SETTINGS}    clip_sample=False,\n)",
    "ddpm": f"scheduler = diffusers.DDPMScheduler({SETTINGS}    clip_sample=False,\n)",
    "dpmpp": f"scheduler = diffusers.DPMSolverMultistepScheduler({SETTINGS})",
}
EXACT = "\nscheduler.alphas_cumprod = scheduler.alphas_cumprod.double()  # in float32 eta can end in a root below zero"
NULL = 10  # the class that means "no class"
BY_US = "from aigc_demo.pipelines.hf_image import LibraryDraw, draw  # the scheduler, on our noise levels\n"
FLOW = """labels = torch.tensor({labels})
order = LibraryDraw("{sampler}", {steps}, {guidance}, {eta})
*_, last = draw(unet, model.config, x, order, labels, generators)
x = last.value
{end}
"""

TITLES = {
    "Draw": "A digit out of noise",
    "Walk": "From one seed to another",
    "Grid": "Every digit from the same seeds",
    "Forward": "A digit with noise",
}


def python(request: Draw | Walk | Grid | Forward) -> tuple[str, str]:
    """The two scripts of a request: with this project, with the library."""
    name = type(request).__name__
    if isinstance(request, Forward) and request.drawing:
        request = dataclasses.replace(request, drawing=placed(request.drawing))  # as small as the model sees it
    values = "\n".join(f"    {key}={value!r}," for key, value in dataclasses.asdict(request).items())
    ours = OURS.format(title=TITLES[name], name=name, values=values, use=USE[name])
    return ours, forward(request) if isinstance(request, Forward) else library(request)


def forward(request: Forward) -> str:
    """diffusers' add_noise on the same digit and noise."""
    start = (
        f"digit = service.real({request.sample}, {request.drawing!r})\nt = torch.tensor([{request.level}])\n"
        "x = scheduler.add_noise(digit, noise, t)\na = float(scheduler.alphas_cumprod[t])\n"
        'to_pil(x[0].numpy() / reach(a), scale=8).save("library.png")'
    )
    more = (
        "from aigc_demo.services.diffusion.service import create\n"
        "from aigc_demo.services.diffusion.sheets import reach\n\nservice = create(Store())"
    )
    parts = {"title": TITLES["Forward"], "checkpoint": CHECKPOINT, "schedule": SCHEDULERS["ddpm"], "more": more}
    return LIBRARY.format(**parts, seeds=[request.seed], start=start)


def library(request: Draw | Walk | Grid) -> str:
    """diffusers' scheduler and network on the same noise."""
    # diffusers' DDIM goes down by T // steps, which leaves its own levels where steps does not divide T
    flow = request.sampler in ("euler", "heun") or (request.sampler == "ddim" and 1000 % request.steps > 0)
    seeds, labels = plan(request)
    unguided = request.guidance == 1 or getattr(request, "digit", 0) == ANY
    schedule = "" if flow else f"{SCHEDULERS[request.sampler]}\nscheduler.set_timesteps({request.steps})"
    more = BY_US if flow else ""
    begin = "x = model.fold(noise)  # what the network sees"
    if isinstance(request, Walk):
        more += "from aigc_demo.sampling.latent import slerp\n"
        begin = (
            f"ways = [slerp(noise[:1], noise[-1:], i / {request.frames - 1}) for i in range({request.frames})]\n"
            "x = model.fold(torch.cat(ways))\ngenerators = generators[:-1]  # those of the first seed"
        )
    one = isinstance(request, Draw)
    columns = request.frames if isinstance(request, Walk) else getattr(request, "seeds", 1)
    save = "to_pil(pictures[0], scale=8)" if one else f"grid(pictures, {columns}, scale=3)"
    end = f'pictures = model.unfold(x).numpy()\n{save}.save("library.png")'
    if flow:
        guidance = 1.0 if unguided else request.guidance
        order = {"sampler": request.sampler, "steps": request.steps, "guidance": guidance}
        text = FLOW.format(**order, eta=getattr(request, "eta", 0.0), labels=labels, end=end)
    else:
        predict = PLAIN.format(labels="labels") if unguided else GUIDED.format(guidance=request.guidance)
        if request.guidance == 0 and not unguided:
            predict = PLAIN.format(labels="nothing")
        step = "output, t, x" if request.sampler == "dpmpp" else "output, t, x, generator=generators"
        if getattr(request, "eta", 0) and request.sampler == "ddim":
            step = f"output, t, x, eta={request.eta}, generator=generators"  # type: ignore[union-attr]
            schedule += EXACT
        text = LOOP.format(labels=labels, null=NULL, predict=predict, step=step, end=end)
    checkpoint = request.checkpoint if isinstance(request, Draw) else CHECKPOINT
    parts = {"title": TITLES[type(request).__name__], "checkpoint": checkpoint, "schedule": schedule, "more": more}
    return LIBRARY.format(**parts, seeds=seeds, start=f"{begin}\n{text}")


def plan(request: Draw | Walk | Grid) -> tuple[str, str]:
    """Seeds of the noise, and the class of every picture, as Python."""
    if isinstance(request, Grid):
        seeds = [(request.seed + i) % 2**32 for i in range(request.seeds)]
        return f"{seeds} * 10", f"[digit for digit in range(10) for _ in range({request.seeds})]"
    label = NULL if request.digit == ANY else request.digit
    if isinstance(request, Walk):  # fresh noise is that of the first seed at every stop, as in our service
        return f"[{request.seed_from}] * {request.frames} + [{request.seed_to}]", f"[{label}] * {request.frames}"
    return f"[{request.seed}]", f"[{label}]"
