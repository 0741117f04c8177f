"""Where a moving digit is in every frame, and how far that is from a straight flight with reflections.

N clips, T frames of H = W = SIZE pixels; places are (row, column) in pixels.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data.moving_digits import FASTEST, SIZE, SLOWEST, folded

INK = 0.35  # of full ink: fainter pixels are blur, which a bounding box must not have
FAINT = 0.1  # of full ink: fainter pixels have no mass
NEAR = 1.5  # pixels from the fitted flight that still obey it
SLACK = 0.3  # pixels per frame by which a fitted speed may miss the true bounds
AFTER = 2  # frames behind a bounce in which it must be seen
CLEAR = 1.0  # pixels that a digit must fly in them; slower bounces are not judged
LOST = 4.0  # pixels; a frame that is farther off costs no more in the fit


@dataclass(frozen=True)
class Flight:
    """The flight that fits best, and what the clip does instead."""

    track: Tensor  # (N, T, 2) the ink's centre of mass; the frame's middle where there is no ink
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


def fit(track: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """One direction of one clip: places (T,), about where they turn around -> the best reflected line (T,), its speed.

    Starts, speeds and walls are tried on a grid; walls may be a pixel off, as blurred edges are.
    """
    moves = torch.tensor([-1.0, 0.0, 1.0])
    lows, highs = torch.cartesian_prod(moves + low, moves + high).unbind(1)  # (9,)
    span = (highs - lows).clamp_min(1.0)[:, None, None, None]
    starts = torch.arange(0, 2, 0.02)[None, :, None, None] * span  # the way there and back
    speeds = torch.arange(0, FASTEST + 0.5, 0.05)[None, None, :, None]
    lines = lows[:, None, None, None] + folded(starts + speeds * torch.arange(len(track)), span)  # (9, 100, 50, T)
    cost = (lines - track).abs().clamp_max(LOST).sum(3)
    best = int(cost.argmin())
    return lines.flatten(0, 2)[best], speeds.flatten()[best % speeds.numel()]


def flight(frames: Tensor) -> Flight:
    """Frames (N, T, H, W) in [-1, 1] -> the flight that fits them best."""
    middle, sizes, seen = boxes(frames)
    track = centres(frames)
    half = sizes.median(1).values / 2  # (N, 2)
    shift = (track - middle).median(1).values  # of the mass against its box
    low, high = half + shift, SIZE - half + shift
    found = [[fit(clip[:, axis], low[i, axis], high[i, axis]) for axis in (0, 1)] for i, clip in enumerate(track)]
    fitted = torch.stack([torch.stack([line for line, _ in axes], 1) for axes in found])
    velocity = torch.stack([torch.stack([speed for _, speed in axes]) for axes in found])
    return Flight(track, fitted, velocity, ((track - fitted).norm(dim=2) > NEAR) | ~seen)


def centres(frames: Tensor) -> Tensor:
    """Frames (..., H, W) in [-1, 1] -> the ink's centre of mass (..., 2); the middle where there is no ink."""
    ink = ((frames.clamp(-1, 1) + 1) / 2 - FAINT).clamp_min(1e-6)
    place = torch.arange(frames.shape[-1]) + 0.5
    return torch.stack([(ink.sum(axis) * place).sum(-1) for axis in (-1, -2)], -1) / ink.sum((-1, -2))[..., None]


def bounces(track: Tensor, truth: Tensor, bounced: Tensor) -> tuple[Tensor, Tensor]:
    """Which bounces of a true flight can be judged, and which of them `track` obeys; both (N, T, 2).

    All are (N, T, 2), `bounced` as in data/moving_digits.py. A bounce is obeyed where the track leaves the edge in the
    right direction, at half the true speed or more.
    """
    way, true_way = (F.pad(line[:, AFTER:] - line[:, :-AFTER], (0, 0, 0, AFTER)) for line in (track, truth))
    judged = bounced & (true_way.abs() >= CLEAR)
    return judged, judged & (way * true_way.sign() >= true_way.abs() / 2)


def readable(frames: Tensor) -> Tensor:
    """Frames (N, H, W) in [-1, 1] -> what the judge of digits takes, (N, 1, 32, 32): the ink's centre of mass in the
    middle, as MNIST has it, at the size of MNIST."""
    large = frames.clamp(-1, 1).repeat_interleave(2, 1).repeat_interleave(2, 2)  # (N, 2H, 2W), digits as large as MNIST
    padded = F.pad(large, (16, 16, 16, 16), value=-1.0)
    corners = centres(large).round().long().tolist()
    return torch.stack([frame[y : y + 32, x : x + 32] for frame, (y, x) in zip(padded, corners, strict=True)])[:, None]
