"""A digit with noise, by diffusers' add_noise. Run it in the project's folder."""

import diffusers
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import to_pil
from aigc_demo.services.diffusion.denoising import reach, real_digit

REQUEST = {"sample": 140, "drawing": "", "seed": 7, "level": 400}

digit = real_digit(Store(device="cpu"), REQUEST["sample"], REQUEST["drawing"])
noise = torch.randn(digit.shape, generator=torch.Generator().manual_seed(REQUEST["seed"]))
scheduler = diffusers.DDPMScheduler(num_train_timesteps=1000, beta_schedule="squaredcos_cap_v2")
t = torch.tensor([REQUEST["level"]])
x = scheduler.add_noise(digit, noise, t)

to_pil(x[0].numpy() / reach(float(scheduler.alphas_cumprod[t])), scale=8).save("library.png")
