"""Every model of the scenes by its own metrics; those that it works with come out of the store.

Autoencoders, on renders of held-out scenes:
mean_absolute_error  of a shade, where black is 0 and white is 1
psnr_db              peak signal to noise ratio, decibels
rebuilt_all_right    share of rebuilt pictures in which the detector reads everything rightly
kl_nats              KL divergence of the code of a picture to the prior
codebook_used        share of the codebook's entries that these pictures need
"""

import random

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.data import scenes
from aigc_demo.data.fetch import present
from aigc_demo.data.scene_truth import look, truth
from aigc_demo.evaluation import scenes as reading
from aigc_demo.evaluation.colour import psnr
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.models.detector import Detector
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.vqvae import VQVAE

READ = 1000  # renders of either split that the detector reads
REBUILT = 400  # held-out renders that an autoencoder rebuilds
BATCH = 50


def measure_detector(model: Detector, task: Task) -> Measured:
    return Measured(reading.detector_metrics(model, scenes.Renderer(present("emoji")), READ), 2 * READ)


def measure_autoencoder(model: KLAutoencoder | VQVAE, task: Task) -> Measured:
    return Measured(rebuilding(model, detector(task.store), scenes.Renderer(present("emoji"))), REBUILT)


def detector(store: Store) -> Detector:
    return loaded(store, "judge-scenes", Detector)


@torch.inference_mode()
def rebuilding(
    model: KLAutoencoder | VQVAE, detector: Detector, renderer: scenes.Renderer, count: int = REBUILT
) -> Metrics:
    chance = random.Random(5)
    shown = [chance.choice(scenes.of_split(kind, "test")) for kind in chance.choices(list(scenes.SHARES), k=count)]
    x = scenes.to_float(renderer.batch([scenes.draw_picture(scene, chance) for scene in shown]))
    rebuilt, extra = rebuild(model, x)
    error = (rebuilt - x) / 2  # shades from 0 to 1
    seen = look(detector, rebuilt)
    right = [truth(scene, found)["all"] for scene, found in zip(shown, seen, strict=True)]
    return {
        "mean_absolute_error": float(error.abs().mean()),
        "psnr_db": psnr(float(error.square().mean())),
        "rebuilt_all_right": sum(right) / count,
        **extra,
    }


def rebuild(model: KLAutoencoder | VQVAE, x: Tensor) -> tuple[Tensor, Metrics]:
    """x (N, 3, H, W) in [-1, 1] -> rebuilt, and what can be said of the codes."""
    device = next(model.parameters()).device
    found = [model(part.to(device)) for part in torch.split(x, BATCH)]
    rebuilt = torch.cat([picture.clamp(-1, 1).cpu() for _, picture in found])
    if isinstance(model, VQVAE):
        tokens = torch.cat([quantised.tokens.flatten() for quantised, _ in found])
        return rebuilt, {"codebook_used": int(tokens.bincount().count_nonzero()) / model.config.codebook}
    kl = torch.cat([posterior.kl().flatten(1).sum(1) for posterior, _ in found])
    return rebuilt, {"kl_nats": float(kl.mean())}
