"""A sentence, drawn by a StableDiffusionPipeline with the weights of the student. Run it in the project folder."""

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import scene_tokens
from aigc_demo.data.images import grid
from aigc_demo.pipelines.stable_diffusion import flow_sigmas, to_stable_diffusion

REQUEST = {"prompt": "two red apples on a blue background", "steps": 4, "count": 1, "seed": 9}

store = Store(device="cpu")
model = store.load("text2image-student")
pipeline = to_stable_diffusion(model, store.load("kl-scenes"), scene_tokens.PATH)

unet = model.config.unet
generators = [torch.Generator().manual_seed((REQUEST["seed"] + i) % 2**32) for i in range(REQUEST["count"])]
shape = (unet.channels, unet.image_size, unet.image_size)

pictures = pipeline(
    [REQUEST["prompt"].strip()] * REQUEST["count"],
    guidance_scale=1.0,  # the student has learned its teacher's guidance: no second look without the sentence
    height=64,
    width=64,
    latents=torch.stack([torch.randn(shape, generator=generator) for generator in generators]),
    sigmas=flow_sigmas(REQUEST["steps"]),
    output_type="np",
).images  # (count, 64, 64, 3) in [0, 1]

grid(np.asarray(pictures).transpose(0, 3, 1, 2) * 2 - 1, min(2, REQUEST["count"]), 4).save("library.png")
