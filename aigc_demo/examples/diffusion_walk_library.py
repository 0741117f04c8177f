"""From the noise of one seed to that of another, with diffusers and the same weights. Run it in the project's folder.

diffusion_draw_library.py has the loop over the scheduler's steps written out.
"""

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import grid
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.hf_image import LibraryDraw, draw
from aigc_demo.sampling.latent import slerp

REQUEST = {"digit": 3, "seed_from": 1, "seed_to": 2, "frames": 16, "steps": 10, "sampler": "dpmpp", "guidance": 1.5}

NULL = 10  # the class that means "no class"

model = Store(device="cpu").load("diffusion-digits")
unet = to_library(model)  # a diffusers.UNet2DModel

frames = REQUEST["frames"]
generators = [
    torch.Generator().manual_seed(REQUEST["seed_from"]) for _ in range(frames)
]  # fresh noise: the first seed's
start = torch.stack([torch.randn(model.config.picture, generator=generator) for generator in generators])[:1]
end = torch.randn(1, *model.config.picture, generator=torch.Generator().manual_seed(REQUEST["seed_to"]))
x = model.fold(torch.cat([slerp(start, end, i / (frames - 1)) for i in range(frames)]))

labels = torch.full((frames,), NULL if REQUEST["digit"] < 0 else REQUEST["digit"])
guidance = 1.0 if REQUEST["digit"] < 0 else REQUEST["guidance"]
order = LibraryDraw(REQUEST["sampler"], REQUEST["steps"], guidance)
*_, last = draw(unet, model.config, x, order, labels, generators)

grid(model.unfold(last.value).numpy(), 8, scale=3).save("library.png")
