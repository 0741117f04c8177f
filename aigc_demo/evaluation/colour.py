"""Colour: how much of a picture the autoencoder gives back, on held-out emoji of both vendors, on white.

mean_absolute_error         of a shade, where black is 0 and white is 1, decoded from the mean of the code
mean_absolute_error_pooled  the same when every 4x4 pixels become their mean, 16x16x3 numbers, enlarged bicubic
psnr_db                     peak signal to noise ratio, 10 log10(1 / mean squared error), decibels; the same _pooled
kl_nats                     KL divergence of the code of a picture to the prior
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data import emoji
from aigc_demo.evaluation.measurement import Measured, Task
from aigc_demo.models.kl import KLAutoencoder

BATCH = 48
SIDE = 4  # of the squares of the comparison
PICTURES = 768  # held-out emoji at most: all of both vendors


def held_out(folder: Path, samples: int) -> Tensor:
    """At most `samples` pictures (N, 3, 64, 64) in [-1, 1], spread evenly over the test splits of both vendors."""
    everything = torch.cat([emoji.load(folder, vendor, "test") for vendor in emoji.VENDORS])
    count = min(samples, len(everything))
    return everything[torch.arange(count) * len(everything) // count]


def pooled(x: Tensor) -> Tensor:
    """x (B, C, H, W) -> the same, made small by means over squares and enlarged again, bicubic."""
    return F.interpolate(F.avg_pool2d(x, SIDE), scale_factor=SIDE, mode="bicubic").clamp(-1, 1)


def psnr(squared: float) -> float:
    """Decibels of a mean squared error of shades in [0, 1]."""
    return -10 * float(torch.tensor(squared).clamp(min=1e-12).log10())


@torch.inference_mode()
def evaluate(model: KLAutoencoder, folder: Path, samples: int) -> dict[str, float]:
    """All metrics of the model on at most `samples` pictures; `folder` holds the emoji."""
    device = next(model.parameters()).device
    pictures = held_out(folder, samples)
    sums = dict.fromkeys(("absolute", "squared", "absolute_pooled", "squared_pooled", "kl"), 0.0)
    for x in torch.split(pictures, BATCH):
        posterior, rebuilt = model(x.to(device))
        sums["kl"] += float(posterior.kl().sum())
        for suffix, found in (("", rebuilt.clamp(-1, 1).cpu()), ("_pooled", pooled(x))):
            error = (found - x) / 2  # shades from 0 to 1
            sums[f"absolute{suffix}"] += float(error.abs().sum())
            sums[f"squared{suffix}"] += float(error.square().sum())
    values = pictures.numel()
    return {
        "mean_absolute_error": sums["absolute"] / values,
        "mean_absolute_error_pooled": sums["absolute_pooled"] / values,
        "psnr_db": psnr(sums["squared"] / values),
        "psnr_db_pooled": psnr(sums["squared_pooled"] / values),
        "kl_nats": sums["kl"] / len(pictures),
    }


def measure(model: KLAutoencoder, task: Task) -> Measured:
    """An autoencoder of emoji, on the test split of both vendors."""
    return Measured(evaluate(model, task.folder, PICTURES), PICTURES)
