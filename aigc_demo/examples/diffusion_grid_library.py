"""Every digit from the same seeds, with diffusers and the same weights. Run it in the project's folder.

diffusion_draw_library.py has the loop over the scheduler's steps written out.
"""

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.images import grid
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.hf_image import LibraryDraw, draw

REQUEST = {"seed": 0, "seeds": 6, "steps": 10, "sampler": "dpmpp", "guidance": 1.5}

model = Store(device="cpu").load("diffusion-digits")
unet = to_library(model)  # a diffusers.UNet2DModel

columns = REQUEST["seeds"]
seeds = [(REQUEST["seed"] + i) % 2**32 for i in range(columns)] * 10
generators = [torch.Generator().manual_seed(seed) for seed in seeds]
x = model.fold(torch.stack([torch.randn(model.config.picture, generator=generator) for generator in generators]))

labels = torch.tensor([digit for digit in range(10) for _ in range(columns)])
order = LibraryDraw(REQUEST["sampler"], REQUEST["steps"], REQUEST["guidance"])
*_, last = draw(unet, model.config, x, order, labels, generators)

grid(model.unfold(last.value).numpy(), columns, scale=3).save("library.png")
