"""What the autoencoder use cases share: models, digits as they see them, codes, and how pictures are laid out.

Digits are (28, 28) and shapes (64, 64) float32 in [0, 1], ink 1. D latent dimensions, N pictures.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.data import digits, images
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.models.vae import VAE, Posterior
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services import first_results, page_values
from aigc_demo.services.page_values import Array
from aigc_demo.services.use_case import Json
from aigc_demo.services.vae.requests import JUDGE, TRAVERSE

COLUMNS = 8  # of many pictures


def model_of(store: Store, checkpoint: str) -> VAE:
    """The autoencoder with this id, of digits or shapes or a person's own; NotFoundError when that is none."""
    return loaded(store, checkpoint, VAE)


def seen(store: Store, sample: int, drawing: str) -> Tensor:
    """A drawn digit, else a shipped real one, as the models see it: (1, 1, 28, 28) in [0, 1]."""
    if drawing:
        digit = torch.from_numpy(images.drawing_to_digit(from_data_url(drawing)))[2:-2, 2:-2]
        return ((digit + 1) / 2).clamp(0, 1)[None, None].to(store.device)
    sheet = digits.read_samples(Path(store.assets) / "examples" / "mnist-samples.png")
    return torch.from_numpy(sheet[sample].copy())[None, None].to(store.device).float() / 255


def read(store: Store, x: Tensor) -> Tensor:
    """The class (1,) that the judge reads in a digit (1, 1, 28, 28)."""
    return store.load(JUDGE)(F.pad(x * 2 - 1, (2, 2, 2, 2), value=-1.0)).argmax(1)


def label_of(store: Store, digit: int) -> Tensor:
    """A class as the models take it, (1,)."""
    return torch.tensor([digit], device=store.device)


def codes(store: Store, seed: int, count: int, latent: int) -> Tensor:
    """Standard normal codes (count, D) of one seed."""
    return SeededNoise([seed], store.device).draw((count, latent))[0]


def traversals(model: VAE, q: Posterior) -> Array:
    """The mean with one dimension moved to the values of TRAVERSE, decoded: (D, 9, H, W)."""
    latent, count = model.config.latent, len(TRAVERSE)
    z = q.mean.repeat(latent * count, 1).view(latent, count, latent)
    every = torch.arange(latent)
    z[every, :, every] = torch.tensor(TRAVERSE, device=z.device)
    return pictures(model.paint(z.flatten(0, 1))).reshape(latent, count, *model.config.picture[1:])


def pictures(x: Tensor) -> Array:
    """(N, 1, H, W) -> (N, H, W) float32, where they can be looked at; colour stays (N, 3, H, W)."""
    return (x[:, 0] if x.shape[1] == 1 else x).cpu().numpy()


@cache
def measured(name: str, folder: Path = ASSETS / "examples") -> Json:
    """What was measured on the shipped weights, `assets/examples/vae-<name>.json`; {} when it is not there."""
    return first_results.read(f"vae-{name}", folder) or {}


# as it is looked at, told and saved


def signed(error: Array) -> Array:
    """[-1, 1] -> [0, 1]: nothing is middle grey."""
    return (error + 1) / 2


def rounded(found: Array) -> list[float]:
    """Numbers as JSON takes them, four digits after the point."""
    return [round(float(number), 4) for number in found]


def sheet(made: Array | Sequence[Array], **words: Any) -> Json:
    """Pictures (H, W) or (3, H, W) in [0, 1] side by side, with numbers and words."""
    return page_values.tiles(channels(made), **words)


def channels(made: Array | Sequence[Array]) -> Array:
    """Pictures (H, W) or (3, H, W) in [0, 1] -> (N, C, H, W) in [-1, 1]."""
    stacked = np.array(made) * 2 - 1
    return stacked if stacked.ndim == 4 else stacked[:, None]


def grid(made: Array | Sequence[Array], columns: int) -> Image.Image:
    """Pictures (H, W) or (3, H, W) in [0, 1], row by row, enlarged where there are few of them."""
    stacked = channels(made)
    return images.grid(stacked, columns, max(1, min(8, 1200 // (columns * stacked.shape[-1]))))


def there_and_back(moments: Array) -> list[Image.Image]:
    """Frames (N, pictures, H, W) of an animation, forwards and then backwards."""
    there = [grid(list(moment), min(len(moment), COLUMNS)) for moment in moments]
    return [*there, *there[-2:0:-1]]


def moved_grid(picture: Array, rebuilt: Array, moved: Array) -> Image.Image:
    """A picture, what became of it, and below a row for every dimension's traversal (D, 9, H, W)."""
    blank = [np.zeros_like(picture)] * (len(TRAVERSE) - 2)
    return grid([picture, rebuilt, *blank, *np.concatenate(list(moved))], len(TRAVERSE))
