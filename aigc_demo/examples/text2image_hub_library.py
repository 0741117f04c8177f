"""A picture by a Stable Diffusion model of the hub, with diffusers."""

import torch
from diffusers import StableDiffusionPipeline

REQUEST = {"name": "stabilityai/sd-turbo", "prompt": "a dog", "negative": "", "steps": 1, "guidance": 0, "seed": 7}

if REQUEST["name"] == "luoxia/text2image-scenes":  # is not on the hub, but in the project folder
    from aigc_demo.checkpoints.store import Store
    from aigc_demo.data import scene_tokens
    from aigc_demo.pipelines.stable_diffusion import to_stable_diffusion

    store = Store(device="cpu")
    parts = store.load("text2image-scenes"), store.load("kl-scenes")
    pipeline = to_stable_diffusion(*parts, scene_tokens.PATH, saved=True)
else:
    pipeline = StableDiffusionPipeline.from_pretrained(REQUEST["name"], torch_dtype=torch.float32, use_safetensors=True)
picture = pipeline(
    REQUEST["prompt"],
    negative_prompt=REQUEST["negative"] or None,
    num_inference_steps=REQUEST["steps"],
    guidance_scale=REQUEST["guidance"],
    generator=torch.Generator().manual_seed(REQUEST["seed"]),
).images[0]
picture.save("library.png")
