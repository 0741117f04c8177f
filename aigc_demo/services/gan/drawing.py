"""What the GAN use cases with pictures share: models, seeded noise, classes, and pictures as sheets and files.

Pictures are float32 (N, C, H, W) in [-1, 1], with one or three channels.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.data import images
from aigc_demo.models.gan import GAN
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.together import spread
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.gan.requests import ANY, FREE
from aigc_demo.services.page_values import Array, size, tiles
from aigc_demo.services.use_case import Json

TAIL = 1.96  # 95 % of a normal number lies this many deviations around its mean
NOISE = 100  # numbers that the shipped generators begin from
MEASURED = 16  # pictures by which engines are compared
COLUMNS = 8  # of drawn pictures
STRIP = 25  # pictures in a row of a way's sheet
WIDEST, STILL = 640, 1200  # pixels of an animation and of a sheet, about


@dataclass(frozen=True)
class Drawn:
    """Pictures, and the seed of each."""

    pictures: Array
    seeds: tuple[int, ...]
    digits: tuple[int, ...]  # asked for; empty where the model has no classes


@dataclass(frozen=True)
class Way:
    """Two ways of F pictures between two ends, and how long the noise is on each. A circle has one way, `arc`."""

    straight: Array  # (F, C, H, W), or none
    arc: Array
    straight_norm: Array  # (F,), or none
    arc_norm: Array
    usual: tuple[float, float]  # length of noise: 2.5 % and 97.5 % of what is drawn lies below


def model_of(store: Store, checkpoint: str) -> GAN:
    """The GAN with this id, shipped or a person's own; NotFoundError when it is none."""
    return loaded(store, checkpoint, GAN)


def noise(model: GAN, seeds: Sequence[int]) -> Tensor:
    """Standard normal noise (N, Z), row i from seed i alone."""
    return SeededNoise(seeds, next(model.parameters()).device).draw((model.config.noise,))


def limited(z: Tensor, limit: float) -> Tensor:
    """Noise of which no number is further from 0 than `limit`, from the same draw; FREE leaves it as it is.

    A normal number cut off at both sides (Brock et al., 2018, arXiv:1809.11096, section 3.1, the truncation trick), by
    the inverse of its distribution, so that it changes smoothly with the limit.
    """
    if limit >= FREE:
        return z
    edge = torch.special.ndtr(torch.tensor(limit, dtype=torch.float64))
    share = torch.special.ndtr(z.double())  # uniform in [0, 1]
    return torch.special.ndtri((1 - edge) + share * (2 * edge - 1)).to(z.dtype)


def classes_of(model: GAN, seeds: Sequence[int], digit: int) -> Tensor:
    """The class of every picture (N,): the asked one, or the seed's last figure. Models without classes ignore it."""
    device = next(model.parameters()).device
    return torch.tensor([seed % 10 if digit == ANY else digit for seed in seeds], device=device)


def painted(model: GAN, z: Tensor, label: Tensor) -> Tensor:
    """Noise (N, Z) and classes (N,) -> pictures (N, C, H, W), from the quickest engine that this machine has."""
    count = torch.arange(MEASURED)
    example = torch.randn(MEASURED, model.config.noise, generator=torch.Generator().manual_seed(0)), count % 10
    inputs = 2 if model.config.classes else 1
    return spread(ENGINES.network(model, example[:inputs], "generator"), *(z, label)[:inputs])


def usual_length(noise: int) -> tuple[float, float]:
    """Between which lengths 95 % of `noise` normal numbers lie; about sqrt(noise) +- 1 / sqrt(2) deviations."""
    middle = math.sqrt(noise - 0.5)
    return middle - TAIL * math.sqrt(0.5), middle + TAIL * math.sqrt(0.5)


def truncated_length(limit: float) -> float:
    """How long NOISE normal numbers are that are cut off at `limit` on both sides, as the root of the mean square."""
    if limit >= FREE:
        return math.sqrt(NOISE)
    density = math.exp(-limit * limit / 2) / math.sqrt(2 * math.pi)
    return math.sqrt(NOISE * (1 - 2 * limit * density / math.erf(limit / math.sqrt(2))))


def none(model: GAN) -> Array:
    """No pictures, of the model's size."""
    side = model.config.image_size
    return np.zeros((0, model.config.channels, side, side), np.float32)


# as it is looked at, told and saved


def shown(pictures: Array, **facts: Any) -> Json:
    """Pictures in one sheet, grey or in colour, and what the view says of them."""
    return tiles(pictures, kind="grey" if pictures.shape[1] == 1 else "colour", **facts)


def rounded(numbers: Iterable[float]) -> list[float]:
    """Numbers as JSON takes them, four digits after the point."""
    return [round(float(number), 4) for number in numbers]


def lengths(way: Way) -> Json:
    """How long the noise of a way is."""
    norms = {"straight_norm": rounded(way.straight_norm), "arc_norm": rounded(way.arc_norm)}
    return {**norms, "usual": rounded(way.usual)}


def way_numbers(request: object, way: Way) -> Json:
    """Number and size of a way's pictures, and the length of its noise."""
    return {**size(way.arc), **lengths(way)}


def grid(pictures: Array, columns: int, widest: int = STILL) -> Image.Image:
    """Pictures, row by row, enlarged where there are few of them."""
    return images.grid(pictures, columns, max(1, min(8, widest // (columns * pictures.shape[-1]))))


def ways_of(way: Way) -> list[Array]:
    return [pictures for pictures in (way.straight, way.arc) if len(pictures)]


def strips(way: Way) -> Image.Image:
    """A row for every way, of STRIP pictures at most."""
    ways = ways_of(way)
    places = np.linspace(0, len(way.arc) - 1, min(len(way.arc), STRIP)).round().astype(int)
    return grid(np.concatenate([pictures[places] for pictures in ways]), len(places))


def there_and_back(moments: Iterable[Array]) -> list[Image.Image]:
    """Moments (N, C, H, W), pictures of the same time side by side, as a film that begins again where it ends."""
    there = [grid(moment, len(moment), WIDEST) for moment in moments]
    return [*there, *there[-2:0:-1]]
