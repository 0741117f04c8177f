"""MNIST: 60,000 + 10,000 handwritten digits, 28x28 grey.

LeCun, Cortes, Burges, "The MNIST database of handwritten digits". Licence CC BY-SA 3.0.
"""

import struct
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def read_idx(path: Path) -> np.ndarray:
    """An IDX file as an array of bytes."""
    raw = path.read_bytes()
    dimensions = raw[3]
    shape = struct.unpack(f">{dimensions}I", raw[4 : 4 + 4 * dimensions])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def load(folder: Path, split: str) -> tuple[Tensor, Tensor]:
    """Pictures (N, 1, 28, 28) uint8 and labels (N,) int64 of the split "train" or "test"."""
    images, labels = (read_idx(folder / name) for name in FILES[split])
    return torch.from_numpy(images.copy())[:, None], torch.from_numpy(labels.astype(np.int64))


def read_samples(sheet: Path) -> np.ndarray:
    """Real digits that ship: (N, 28, 28) uint8, as many of each class, in order."""
    pixels = np.asarray(Image.open(sheet).convert("L"))
    return pixels.reshape(10, 28, -1, 28).swapaxes(1, 2).reshape(-1, 28, 28)


def write_samples(images: Tensor, labels: Tensor, sheet: Path, count: int = 20) -> None:
    """The first `count` of each class as one PNG, a row per class; what read_samples reads."""
    rows = [images[labels == digit][:count, 0].permute(1, 0, 2).reshape(28, count * 28) for digit in range(10)]
    Image.fromarray(torch.cat(rows).numpy()).save(sheet, optimize=True)


def to_float(images: Tensor) -> Tensor:
    """(N, 1, 28, 28) uint8 -> (N, 1, 32, 32) float in [-1, 1], padded with background."""
    return F.pad(images.float() / 127.5 - 1, (2, 2, 2, 2), value=-1.0)
