"""A sentence, drawn by a StableDiffusionPipeline of diffusers with the same weights. Run it in the project folder."""

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import scene_tokens
from aigc_demo.data.images import grid
from aigc_demo.pipelines.stable_diffusion import flow_sigmas, to_stable_diffusion

REQUEST = {"prompt": "two red apples on a blue background", "negative": "", "seed": 7, "count": 4, "steps": 10}

ours = {"seed": 7, "count": 4, "steps": 10, "guidance": 3.0, "negative": ""} | REQUEST
store = Store(device="cpu")
model = store.load("text2image-scenes")
pipeline = to_stable_diffusion(model, store.load("kl-scenes"), scene_tokens.PATH)

unet = model.config.unet
generators = [torch.Generator().manual_seed((ours["seed"] + i) % 2**32) for i in range(ours["count"])]
shape = (unet.channels, unet.image_size, unet.image_size)
latents = torch.stack([torch.randn(shape, generator=generator) for generator in generators])

# At guidance 0 only the negative prompt speaks; at 1 and below the pipeline does not guide at all.
prompt = ours["negative"] if ours["guidance"] == 0 else ours["prompt"].strip()
pictures = pipeline(
    [prompt] * ours["count"],
    negative_prompt=[ours["negative"].strip()] * ours["count"],
    guidance_scale=ours["guidance"],
    height=64,
    width=64,
    latents=latents,
    sigmas=flow_sigmas(ours["steps"]),  # Euler's method on the flow, see to_stable_diffusion
    output_type="np",
).images  # (count, 64, 64, 3) in [0, 1]

grid(np.asarray(pictures).transpose(0, 3, 1, 2) * 2 - 1, min(2, ours["count"]), 4).save("library.png")
