"""A digit out of noise, with diffusers and the same weights. Run it in the project's folder."""

import diffusers
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import to_pil
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.hf_image import LibraryDraw, draw

REQUEST = {"digit": 7, "seed": 7, "steps": 20, "sampler": "ddim", "guidance": 1.5, "eta": 0.0}

SCHEDULERS = {
    "ddim": diffusers.DDIMScheduler,
    "ddpm": diffusers.DDPMScheduler,
    "dpmpp": diffusers.DPMSolverMultistepScheduler,
}
NULL = 10  # the class that means "no class"

model = Store(device="cpu").load(REQUEST.get("checkpoint", "diffusion-digits"))
unet = to_library(model)  # a diffusers.UNet2DModel

sampler, steps, guidance, eta = (REQUEST[name] for name in ("sampler", "steps", "guidance", "eta"))
label = torch.tensor([NULL if REQUEST["digit"] < 0 else REQUEST["digit"]])
guidance = 1.0 if REQUEST["digit"] < 0 else guidance
nothing = torch.full_like(label, NULL)
generator = torch.Generator().manual_seed(REQUEST["seed"])
x = model.fold(torch.randn(1, *model.config.picture, generator=generator))  # what the network sees

# diffusers' DDIM goes down by 1000 // steps, which leaves its own noise levels where steps does not divide 1000
if sampler in SCHEDULERS and (sampler != "ddim" or 1000 % steps == 0):
    scheduler = SCHEDULERS[sampler](
        num_train_timesteps=1000,
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        **({} if sampler == "dpmpp" else {"clip_sample": False}),
    )
    scheduler.alphas_cumprod = scheduler.alphas_cumprod.double() if eta else scheduler.alphas_cumprod
    scheduler.set_timesteps(steps)
    options = {"dpmpp": {}, "ddpm": {"generator": generator}, "ddim": {"generator": generator, "eta": eta}}[sampler]
    with torch.inference_mode():
        for t in scheduler.timesteps:
            if guidance in (0, 1):
                output = unet(x, t, label if guidance else nothing).sample
            else:
                without, with_class = unet(torch.cat([x, x]), t, torch.cat([nothing, label])).sample.chunk(2)
                output = without + guidance * (with_class - without)
            x = scheduler.step(output, t, x, **options).prev_sample
else:  # Euler and Heun are diffusers' flow-matching schedulers, set to our noise levels
    *_, last = draw(unet, model.config, x, LibraryDraw(sampler, steps, guidance, eta), label, [generator])
    x = last.value

to_pil(model.unfold(x).numpy()[0], scale=8).save("library.png")
