"""A picture by a Stable Diffusion model of the hub, with diffusers."""

import torch
from diffusers import StableDiffusionPipeline

REQUEST = {"name": "stabilityai/sd-turbo", "prompt": "a dog", "negative": "", "steps": 1, "guidance": 0, "seed": 7}

pipeline = StableDiffusionPipeline.from_pretrained(REQUEST["name"], torch_dtype=torch.float32, use_safetensors=True)
picture = pipeline(
    REQUEST["prompt"],
    negative_prompt=REQUEST["negative"] or None,
    num_inference_steps=REQUEST["steps"],
    guidance_scale=REQUEST["guidance"],
    generator=torch.Generator().manual_seed(REQUEST["seed"]),
).images[0]
picture.save("library.png")
