"""Super-resolution of scenes from 64x64 to 128x128 pixels, on renders of held-out scenes, whose truth is rendered too.

psnr_db          peak signal to noise ratio of the network's pictures, decibels
psnr_db_bicubic  the same of bicubic interpolation
*_rebuilt        both where the small pictures went through the autoencoder first, as pictures that are drawn do
*_edges  both of rendered pictures, over the pixels of objects alone, which a flat background does not flatter
"""

import random

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import loaded
from aigc_demo.data import scenes
from aigc_demo.data.fetch import present
from aigc_demo.evaluation.colour import psnr
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.upscaler import Upscaler, bicubic

PICTURES = 400
BATCH = 20


def measure(model: Upscaler, task: Task) -> Measured:
    """How near the network comes to renders at twice the size, and how near bicubic interpolation does."""
    small, large = (scenes.Renderer(present("emoji"), scale) for scale in (1, model.config.scale))
    return Measured(evaluate(model, loaded(task.store, "kl-scenes", KLAutoencoder), small, large), PICTURES)


@torch.inference_mode()
def evaluate(
    model: Upscaler,
    autoencoder: KLAutoencoder,
    small: scenes.Renderer,
    large: scenes.Renderer,
    count: int = PICTURES,
) -> Metrics:
    chance = random.Random(5)
    kinds = chance.choices(list(scenes.SHARES), k=count)
    shown = [scenes.draw_picture(chance.choice(scenes.of_split(kind, "test")), chance) for kind in kinds]
    device = next(model.parameters()).device
    errors: dict[str, list[Tensor]] = {}
    for first in range(0, count, BATCH):
        part = shown[first : first + BATCH]
        x, truth = (scenes.to_float(renderer.batch(part)).to(device) for renderer in (small, large))
        rebuilt = autoencoder(x)[1].clamp(-1, 1)
        flat = truth[:, :, :1, :1] == truth  # of the colour of a corner, where an object has free pixels
        edges = ~flat.all(1, keepdim=True).expand_as(truth)
        for suffix, given in (("", x), ("_rebuilt", rebuilt)):
            for name, found in (("psnr_db", model(given)), ("psnr_db_bicubic", bicubic(given, model.config.scale))):
                squared = ((found.clamp(-1, 1) - truth) / 2).square()  # of shades from 0 to 1
                errors.setdefault(name + suffix, []).append(squared.flatten())
                if not suffix:
                    errors.setdefault(f"{name}_edges", []).append(squared[edges])
    return {name: psnr(float(torch.cat(found).mean())) for name, found in errors.items()}
