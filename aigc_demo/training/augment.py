"""Data augmentation: pictures changed by chance before a network sees them, so that few of them teach more.

Shorten & Khoshgoftaar, "A survey on Image Data Augmentation for Deep Learning", 2019: crop, flip, rotation, scale,
colour, noise. DeVries & Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017
(arXiv:1708.04552): a square cut out. `drawn` says by how much each picture is changed, `changed` does it.

Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training", 2020 (arXiv:2006.10738): real and made
pictures are changed alike before the critic sees them, and the generator's gradient runs through the change: `augment`.

Pictures are float in [-1, 1]. B batch, C channels, H height, W width.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

SHIFT = 1 / 8  # most a picture moves, as a share of its side
CUT = 3 / 8  # side of the square that is cut out, as a share of the picture's


def coloured(x: Tensor) -> Tensor:
    """Brightness, saturation and contrast by chance, one of each per picture."""
    bright, saturated, contrast = torch.rand(3, len(x), 1, 1, 1, device=x.device).unbind()
    return recoloured(x, (bright - 0.5) * 0.4, 0.5 + saturated, 0.75 + 0.5 * contrast)


def recoloured(x: Tensor, bright: Tensor, saturation: Tensor, contrast: Tensor) -> Tensor:
    """x with `bright` added, then its colours and its contrast multiplied; all (B, 1, 1, 1)."""
    x = x + bright
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * saturation
    middle = x.mean((1, 2, 3), keepdim=True)
    return middle + (x - middle) * contrast


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
    return holed(x, left, top, size)


def holed(x: Tensor, left: Tensor, top: Tensor, size: Tensor | int) -> Tensor:
    """x with a square of mid-grey whose upper left corner is at (left, top), in pixels; all (B, 1) or a number."""
    along = torch.arange(x.shape[-1], device=x.device)
    inside_x, inside_y = (along >= left) & (along < left + size), (along >= top) & (along < top + size)
    hole = inside_y[:, None, :, None] & inside_x[:, None, None, :]
    return x.masked_fill(hole, 0.0)


def augment(x: Tensor) -> Tensor:
    """x (B, C, H, W) -> the same, coloured, moved and cut by chance."""
    return cut(moved(coloured(x)))


@dataclass(frozen=True)
class Strengths:
    """How far each transform may go; at 0 it does nothing."""

    crop: float = 0.0  # largest share of the side that is cut away
    flip: float = 0.0  # chance to be mirrored, left to right
    rotate: float = 0.0  # largest angle, degrees, either way
    scale: float = 0.0  # largest change of size, as a share, either way
    colour: float = 0.0  # brightness, saturation and contrast: 1 is as far as they go
    noise: float = 0.0  # largest standard deviation, where black and white are 2 apart
    cut: float = 0.0  # largest side of the square that is cut out, as a share of the picture's


@dataclass(frozen=True)
class Drawn:
    """What was drawn for every picture, (B,) each."""

    kept: Tensor  # share of the side that the crop leaves
    right: Tensor  # where the crop lies: -1 at the left edge, 1 at the right one
    down: Tensor  # -1 at the top, 1 at the bottom
    mirrored: Tensor  # bool
    angle: Tensor  # degrees, anticlockwise
    size: Tensor  # factor
    bright: Tensor  # added
    saturation: Tensor  # factor
    contrast: Tensor  # factor
    noise: Tensor  # standard deviation
    hole: Tensor  # side, pixels
    left: Tensor  # of the hole's corner, pixels
    top: Tensor


def drawn(strengths: Strengths, count: int, side: int, draws: torch.Generator) -> Drawn:
    """Values for `count` pictures of `side` pixels, each uniform between doing nothing and its strength.

    Every value is drawn, whatever the strengths are: moving one control leaves what the others do as it was.
    """
    u = torch.rand(13, count, generator=draws)
    both = 2 * u - 1
    hole = (u[10] * strengths.cut * side).round()
    return Drawn(
        kept=1 - strengths.crop * u[0],
        right=both[1],
        down=both[2],
        mirrored=u[3] < strengths.flip,
        angle=strengths.rotate * both[4],
        size=1 + strengths.scale * both[5],
        bright=0.6 * strengths.colour * both[6],
        saturation=1 + strengths.colour * both[7],
        contrast=1 + 0.6 * strengths.colour * both[8],
        noise=strengths.noise * u[9],
        hole=hole,
        left=(u[11] * (side - hole)).floor(),
        top=(u[12] * (side - hole)).floor(),
    )


def changed(x: Tensor, values: Drawn, draws: torch.Generator) -> Tensor:
    """x (B, C, H, W), H = W, cropped, flipped, rotated and scaled in one resampling, recoloured, noisy and cut.

    What comes in from outside has the shade of the edge. `draws` gives the noise's pixels.
    """
    fine = torch.randn(x.shape, generator=draws)
    angle = values.angle * math.pi / 180
    zoom = values.kept / values.size  # side of what is looked at, as a share of the picture's
    across = torch.where(values.mirrored, -zoom, zoom)
    room = 1 - values.kept
    theta = torch.stack(
        [
            torch.stack([across * angle.cos(), -zoom * angle.sin(), values.right * room], 1),
            torch.stack([across * angle.sin(), zoom * angle.cos(), values.down * room], 1),
        ],
        1,
    )  # (B, 2, 3): from a place in the new picture to one in the old
    places = F.affine_grid(theta, list(x.shape), align_corners=False)
    x = F.grid_sample(x, places, mode="bilinear", padding_mode="border", align_corners=False)
    bright, saturation, contrast, noise = (
        part.view(-1, 1, 1, 1) for part in (values.bright, values.saturation, values.contrast, values.noise)
    )
    x = (recoloured(x, bright, saturation, contrast) + noise * fine).clamp(-1, 1)
    left, top, hole = (part.view(-1, 1) for part in (values.left, values.top, values.hole))
    return holed(x, left, top, hole)
