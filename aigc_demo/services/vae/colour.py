"""The colour autoencoder beside diffusers' AutoencoderKL, on shipped emoji and on pictures that people bring."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from aigc_demo.core.steps import Step
from aigc_demo.data import emoji, images
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.pipelines import convert, parity
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.vae.requests import Beside
from aigc_demo.services.vae.results import Array, SideBySide

T = TypeVar("T")
SIDE = 64  # pixels


def brought(url: str) -> Array:
    """A picture of any size as a data URL -> what the model sees of it, (3, 64, 64) float in [-1, 1]."""
    return images.square(from_data_url(url), SIDE)


def small(url: str) -> str:
    """The same as a data URL of 64 x 64 pixels; made small again it stays the same."""
    return images.to_data_url(images.to_pil(brought(url)))


def seen(request: Beside, examples: Path) -> Tensor:
    """The picture that a request names: (1, 3, 64, 64) in [-1, 1]."""
    if request.picture:
        return torch.from_numpy(brought(request.picture))[None]
    sheet = emoji.read_samples(examples / "emoji-samples.png")  # (24, 64, 64, 3)
    return torch.from_numpy(sheet[request.sample].transpose(2, 0, 1).copy())[None].float() / 127.5 - 1


@torch.inference_mode()
def ours(model: KLAutoencoder, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """x (B, 3, H, W), noise (B, D, h, w) -> what is rebuilt (B, 3, H, W), mean of the code (B, D, h, w)."""
    q = model.encode(x)
    return model.decode(q.sample(noise)), q.mean


@torch.inference_mode()
def theirs(module: Any, x: Tensor, noise: Tensor) -> Tensor:
    """The same with diffusers: what is rebuilt (B, 3, H, W)."""
    q = module.encode(x).latent_dist
    rebuilt: Tensor = module.decode(q.mean + q.std * noise).sample
    return rebuilt


def beside(model: KLAutoencoder, request: Beside, examples: Path) -> Iterator[Step[SideBySide | None]]:
    """Both on the same picture and noise, then every layer. The value comes with the last step."""
    yield Step(0, 3, None)
    device = next(model.parameters()).device
    x = seen(request, examples).to(device)
    side = SIDE // model.config.shrink
    noise = SeededNoise([request.seed], device).draw((model.config.latent, side, side))
    library = convert.to_library(model)
    (left, mean), our_time = timed(lambda: ours(model, x, noise))
    yield Step(1, 3, None)
    right, their_time = timed(lambda: theirs(library, x, noise))
    yield Step(2, 3, None)
    table = parity.compare(model, library, x)
    rows = tuple((row.ours, row.theirs, row.maximum, row.mean) for row in table.rows)
    gap = (left - right).abs()
    gaps = float(gap.max()), float(gap.mean())
    yield Step(
        3,
        3,
        SideBySide(
            shown(x), shown(left), shown(right), mean[0].cpu().numpy(), *gaps, our_time, their_time, rows, table.first
        ),
    )


def shown(x: Tensor) -> Array:
    """(1, 3, H, W), about in [-1, 1] -> (3, H, W) in [0, 1]."""
    return ((x[0].cpu().numpy() + 1) / 2).clip(0, 1)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What the second of two runs gives, and its milliseconds: the first one finds out how to compute."""
    work()
    began = time.perf_counter()
    made = work()
    return made, (time.perf_counter() - began) * 1000
