"""From the picture of one seed to that of another, in plain PyTorch with the same weights. Run it in the project's
folder.

gan_draw_library.py has the layers and the truncated noise written out.
"""

import math

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library
from aigc_demo.services.gan.drawing import grid, limited

REQUEST = {"model": "r3", "seed_from": 15, "seed_to": 28, "circle": False, "frames": 25, "limit": 4.0, "digit": -1}

CHECKPOINT = "gan-colour" if REQUEST["model"] == "colour" else f"gan-digits-{REQUEST['model']}"
model = Store(device="cpu").load(CHECKPOINT)
layers = to_library(model)  # a torch.nn.Sequential
config = model.config


def paint(z):
    """Noise (N, Z) -> pictures (N, C, H, W)."""
    if config.classes:  # the vector of the class stands behind the noise
        digit = REQUEST["seed_from"] % 10 if REQUEST["digit"] < 0 else REQUEST["digit"]
        z = torch.cat([z, model.generator.classes.weight[[digit] * len(z)]], 1)
    x = layers(z) if config.layers == "dense" else layers(z[:, :, None, None])
    return x.view(len(z), config.channels, config.image_size, config.image_size).numpy()


seeds, frames = (REQUEST["seed_from"], REQUEST["seed_to"]), REQUEST["frames"]
z = torch.stack([torch.randn(config.noise, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
start, end = limited(z, REQUEST["limit"]).split(1)
if REQUEST["circle"]:
    turns = torch.linspace(0, 2 * math.pi, frames)[:, None]
    ways = [turns.cos() * start + turns.sin() * end]
else:
    shares = torch.linspace(0, 1, frames)[:, None]
    straight = torch.lerp(start, end, shares)
    angle = torch.acos(torch.cosine_similarity(start, end).clamp(-1, 1))
    arc = straight  # where both point the same or the opposite way
    if torch.sin(angle) >= 1e-4:
        arc = (torch.sin((1 - shares) * angle) * start + torch.sin(shares * angle) * end) / torch.sin(angle)
    ways = [straight, arc]

shown = np.linspace(0, frames - 1, min(frames, 25)).round().astype(int)  # of a long way, 25 pictures
with torch.inference_mode():
    grid(np.concatenate([paint(way)[shown] for way in ways]), len(shown)).save("library.png")
