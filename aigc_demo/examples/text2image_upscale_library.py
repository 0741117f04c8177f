"""Super-resolution of a picture of 64x64 pixels in plain PyTorch, with the same weights.

Neither diffusers nor transformers has this network. Run it in the project's folder.
"""

import torch
import torch.nn.functional as F

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import scene_samples
from aigc_demo.data.images import to_pil

REQUEST = {"sample": 4}

weights = Store(device="cpu").load("upscaler-scenes").state_dict()
x = torch.from_numpy(scene_samples.read())[REQUEST["sample"], None]  # (1, 3, 64, 64) in [-1, 1]


def convolution(name: str, x: torch.Tensor) -> torch.Tensor:
    return F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=1)


with torch.inference_mode():
    h = first = convolution("head", x)  # (1, maps, 64, 64)
    for block in range(sum(name.endswith("conv1.weight") for name in weights)):
        h = h + convolution(f"body.{block}.conv2", F.relu(convolution(f"body.{block}.conv1", h)))
    missing = F.pixel_shuffle(convolution("tail", first + convolution("last", h)), 2)
    y = F.interpolate(x, scale_factor=2, mode="bicubic") + missing  # (1, 3, 128, 128)

to_pil(y[0].numpy()).save("library.png")
