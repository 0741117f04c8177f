"""Every class from the same noise, in plain PyTorch with the same weights. Run it in the project's folder.

gan_draw_library.py has the layers and the truncated noise written out.
"""

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.gan.drawing import grid, limited

REQUEST = {"seed": 7, "columns": 8, "limit": 4.0}

model = Store(device="cpu").load("gan-digits-conditional")
layers = to_library(model)  # a torch.nn.Sequential; it wants the vector of the class behind the noise
vectors = model.generator.classes.weight

columns = REQUEST["columns"]
generators = [torch.Generator().manual_seed((REQUEST["seed"] + i) % 2**32) for i in range(columns)]
z = limited(torch.stack([torch.randn(100, generator=generator) for generator in generators]), REQUEST["limit"])
with torch.inference_mode():
    rows = [layers(torch.cat([z, vectors[[digit] * columns]], 1)[:, :, None, None]) for digit in range(10)]

grid(torch.cat(rows).numpy(), columns).save("library.png")
