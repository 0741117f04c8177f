"""Moving digits: a halved digit of MNIST flies straight through a small frame and bounces off its edges.

After Srivastava et al., "Unsupervised Learning of Video Representations using LSTMs", 2015 (arXiv:1502.04681),
section 4.1, with smaller frames and one digit to a clip. Digits do not meet: a clip of two is two clips of one,
laid over each other (`laid_over`). Speed is constant; a bounce turns one component of the velocity around
at the moment in which the digit's bounding box touches the edge. Digits are placed on a grid of half pixels and
averaged.

N clips, T frames, H = W = SIZE; positions are (row, column) in pixels.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

SIZE = 24  # pixels of a frame, each way
FRAMES = 16  # T
DIGIT = 28  # half pixels of a picture of MNIST
SLOWEST, FASTEST = 1.0, 2.0  # pixels per frame


@dataclass(frozen=True)
class Clips:
    frames: Tensor  # (N, T, H, W) float in [-1, 1]
    tracks: Tensor  # (N, T, 2) centre of the digit's bounding box, to half a pixel
    bounced: Tensor  # (N, T, 2) true where that direction turned around on the way from the frame before


def folded(position: Tensor, span: Tensor) -> Tensor:
    """A straight line `position` reflected into 0..span."""
    return span - (position.remainder(2 * span) - span).abs()


def boxes(images: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures (N, H, W) uint8 -> first and one behind the last (row, column) with ink, both (N, 2)."""
    ink = images > 0
    lines = torch.stack([ink.any(2), ink.any(1)], 1).byte()  # (N, 2, H), for square pictures
    return lines.argmax(2), lines.shape[2] - lines.flip(2).argmax(2)


def fly(images: Tensor, start: Tensor, velocity: Tensor, frames: int = FRAMES) -> Clips:
    """Let digits (N, 28, 28) uint8 fly.

    start (N, 2): where the bounding box begins, from 0 to 1 of the room there is; velocity (N, 2) in pixels per frame.
    """
    first, last = boxes(images)
    span = (2 * SIZE - (last - first))[:, None].float()  # (N, 1, 2) half pixels, as all below
    steps = torch.arange(frames)[None, :, None] * 2 * velocity[:, None]
    line = start[:, None] * span + steps  # (N, T, 2) of the bounding box, if there were no edges
    corner = folded(line, span).round().long()
    edge = (line / span).floor()  # how many edges are behind it
    pixels = torch.arange(2 * SIZE) - (corner - first[:, None])[..., None]  # (N, T, 2, 2 SIZE) in the picture
    rows, columns = pixels.add(1).clamp(0, DIGIT + 1).unbind(2)
    edged = F.pad(images, (1, 1, 1, 1))
    each = torch.arange(len(images))[:, None, None, None]
    canvas = edged[each, rows[..., :, None], columns[..., None, :]].float()  # (N, T, 2 SIZE, 2 SIZE)
    bounced = F.pad(edge.diff(dim=1) != 0, (0, 0, 1, 0))
    return Clips(F.avg_pool2d(canvas, 2) / 127.5 - 1, (corner + (last - first)[:, None] / 2) / 2, bounced)


def laid_over(frames: Tensor) -> Tensor:
    """Frames of one digit each (D, ..., H, W) -> frames with all D digits (..., H, W): the brightest pixel of each."""
    return frames.amax(0)


def draw(images: Tensor, generator: torch.Generator, frames: int = FRAMES) -> Clips:
    """Digits (N, 28, 28) uint8, each from a place, in a direction and at a speed that are drawn evenly."""
    count = len(images)
    angle = 2 * math.pi * torch.rand(count, generator=generator)
    speed = SLOWEST + (FASTEST - SLOWEST) * torch.rand(count, generator=generator)
    velocity = speed[:, None] * torch.stack([angle.sin(), angle.cos()], 1)
    return fly(images, torch.rand(count, 2, generator=generator), velocity, frames)
