"""Differentiable augmentation: what lets a critic learn from a thousand pictures without learning them by heart.

Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training", 2020 (arXiv:2006.10738): real and made
pictures are changed alike before the critic sees them, and the generator's gradient runs through the change.

Pictures are float in [-1, 1]. B batch, C channels, H height, W width.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

SHIFT = 1 / 8  # most a picture moves, as a share of its side
CUT = 3 / 8  # side of the square that is cut out, as a share of the picture's


def coloured(x: Tensor) -> Tensor:
    """Brightness, saturation and contrast by chance, one of each per picture."""
    bright, saturated, contrast = torch.rand(3, len(x), 1, 1, 1, device=x.device).unbind()
    x = x + (bright - 0.5) * 0.4
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (0.5 + saturated)
    middle = x.mean((1, 2, 3), keepdim=True)
    return middle + (x - middle) * (0.75 + 0.5 * contrast)


def moved(x: Tensor, paper: float = 1.0) -> Tensor:
    """Every picture shifted by chance; what comes in from outside has the shade `paper`."""
    side = x.shape[-1]
    most = round(side * SHIFT)
    padded = F.pad(x, (most, most, most, most), value=paper)
    right, down = torch.randint(2 * most + 1, (2, len(x), 1), device=x.device).unbind()
    along = torch.arange(side, device=x.device)
    rows, columns = (down + along)[:, :, None], (right + along)[:, None, :]  # (B, H, 1), (B, 1, W)
    picture = torch.arange(len(x), device=x.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[picture, rows, columns].permute(0, 3, 1, 2)


def cut(x: Tensor) -> Tensor:
    """A square at a place of chance becomes mid-grey in every picture."""
    side = x.shape[-1]
    size = round(side * CUT)
    left, top = torch.randint(-size // 2, side - size // 2, (2, len(x), 1), device=x.device).unbind()
    along = torch.arange(side, device=x.device)
    inside_x, inside_y = (along >= left) & (along < left + size), (along >= top) & (along < top + size)
    hole = inside_y[:, None, :, None] & inside_x[:, None, None, :]
    return x.masked_fill(hole, 0.0)


def augment(x: Tensor) -> Tensor:
    """x (B, C, H, W) -> the same, coloured, moved and cut by chance."""
    return cut(moved(coloured(x)))
