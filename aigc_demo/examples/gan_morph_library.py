"""From one class to another at one noise, in plain PyTorch with the same weights. Run it in the project's folder.

gan_draw_library.py has the layers and the truncated noise written out.
"""

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.gan.drawing import grid, limited

REQUEST = {"seed": 0, "digit_from": 4, "digit_to": 9, "frames": 25, "limit": 4.0}

model = Store(device="cpu").load("gan-digits-conditional")
layers = to_library(model)  # a torch.nn.Sequential; it wants the vector of the class behind the noise
first, second = model.generator.classes.weight[[REQUEST["digit_from"], REQUEST["digit_to"]]].split(1)

frames = REQUEST["frames"]
z = limited(torch.randn(1, 100, generator=torch.Generator().manual_seed(REQUEST["seed"])), REQUEST["limit"])
vectors = torch.lerp(first, second, torch.linspace(0, 1, frames)[:, None])
with torch.inference_mode():
    x = layers(torch.cat([z.expand(frames, -1), vectors], 1)[:, :, None, None]).numpy()

shown = np.linspace(0, frames - 1, min(frames, 25)).round().astype(int)  # of a long way, 25 pictures
grid(x[shown], len(shown)).save("library.png")
