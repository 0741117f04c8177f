"""Where a moving digit is in every frame, and how far that is from a straight flight with reflections.

N clips, T frames of H = W = SIZE pixels; places are (row, column) in pixels.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data.moving_digits import FASTEST, SIZE, SLOWEST, folded

INK = 0.35  # of full ink: fainter pixels are blur
NEAR = 1.5  # pixels from the fitted flight that still obey it
SLACK = 0.3  # pixels per frame by which a fitted speed may miss the true bounds
LOST = 4.0  # pixels; a frame that is farther off costs no more in the fit


@dataclass(frozen=True)
class Flight:
    """The flight that fits best, and what the clip does instead."""

    track: Tensor  # (N, T, 2) centre of the ink's bounding box; the frame's middle where there is no ink
    fitted: Tensor  # (N, T, 2) the flight with constant speed and reflections
    velocity: Tensor  # (N, 2) of the fit, pixels per frame; how fast, not where to
    wrong: Tensor  # (N, T) true where the track is farther than NEAR from the fit, or there is no ink

    @property
    def steady(self) -> Tensor:
        """(N,) true where the fitted speed is one that clips of the training data have."""
        speed = self.velocity.norm(dim=1)
        return (speed > SLOWEST - SLACK) & (speed < FASTEST + SLACK)


def boxes(frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Frames (N, T, H, W) in [-1, 1] -> centres and sizes of the ink's bounding boxes, (N, T, 2) each; (N, T) ink?"""
    ink = (frames + 1) / 2 > INK
    centres, sizes = [], []
    for side in (3, 2):  # rows with ink, then columns
        line = ink.any(side).byte()  # (N, T, H)
        first, last = line.argmax(2).float(), line.shape[2] - line.flip(2).argmax(2).float()
        centres.append((first + last) / 2)
        sizes.append(last - first)
    return torch.stack(centres, 2), torch.stack(sizes, 2), ink.any(3).any(2)


def fit(centre: Tensor, size: Tensor) -> tuple[Tensor, Tensor]:
    """One direction of one clip: centres (T,), median size of the box -> the best reflected line (T,), its speed ().

    Starts, speeds and walls are tried on a grid; walls may be a pixel off, as blurred edges are.
    """
    moves = torch.tensor([-1.0, 0.0, 1.0])
    low, high = torch.cartesian_prod(moves + size / 2, moves + SIZE - size / 2).unbind(1)  # (9,)
    span = (high - low).clamp_min(1.0)[:, None, None, None]
    starts = torch.arange(0, 2, 0.02)[None, :, None, None] * span  # the way there and back
    speeds = torch.arange(0, FASTEST + 0.5, 0.05)[None, None, :, None]
    lines = low[:, None, None, None] + folded(starts + speeds * torch.arange(len(centre)), span)  # (9, 100, 50, T)
    cost = (lines - centre).abs().clamp_max(LOST).sum(3)
    best = int(cost.argmin())
    return lines.flatten(0, 2)[best], speeds.flatten()[best % speeds.numel()]


def flight(frames: Tensor) -> Flight:
    """Frames (N, T, H, W) in [-1, 1] -> the flight that fits them best."""
    track, sizes, seen = boxes(frames)
    typical = sizes.median(1).values  # (N, 2)
    found = [[fit(clip[:, axis], size[axis]) for axis in (0, 1)] for clip, size in zip(track, typical, strict=True)]
    fitted = torch.stack([torch.stack([line for line, _ in axes], 1) for axes in found])
    velocity = torch.stack([torch.stack([speed for _, speed in axes]) for axes in found])
    return Flight(track, fitted, velocity, ((track - fitted).norm(dim=2) > NEAR) | ~seen)


def readable(frames: Tensor) -> Tensor:
    """Frames (N, H, W) in [-1, 1] -> what the judge of digits takes, (N, 1, 32, 32): the ink's centre of mass in the
    middle, as MNIST has it, at the size of MNIST."""
    large = frames.clamp(-1, 1).repeat_interleave(2, 1).repeat_interleave(2, 2)  # (N, 2H, 2W), digits as large as MNIST
    ink = (large + 1).sum((1, 2)).clamp_min(1e-6)
    place = torch.arange(large.shape[1]) + 0.5
    middle = [((large + 1).sum(axis) * place).sum(1) / ink for axis in (2, 1)]
    padded = F.pad(large, (16, 16, 16, 16), value=-1.0)
    corners = torch.stack(middle, 1).round().long().tolist()
    return torch.stack([frame[y : y + 32, x : x + 32] for frame, (y, x) in zip(padded, corners, strict=True)])[:, None]
