"""The factorised U-Net that removes noise from a clip: convolutions in space, then convolutions in time.

Ho et al., "Video Diffusion Models", 2022 (arXiv:2204.03458), section 3: a U-Net over space and time, factorised.
Tran et al., "A Closer Look at Spatiotemporal Convolutions", 2018 (arXiv:1711.11248), section 3.4: (2+1)-D blocks, a
3x3 convolution per frame followed by one over 3 frames. At the bottom, where a frame is a few positions, a Transformer
looks at all positions of all frames at once. Ho & Salimans, 2022 (arXiv:2207.12598): the last class means "no class".
Liu et al., "Flow Straight and Fast", 2022 (arXiv:2209.03003): the network says the velocity eps - x_0. Inside it says
the clean clip, from which the velocity follows (Li & He, "Back to Basics: Let Denoising Generative Models Denoise",
2025, arXiv:2511.13720): most of a frame is empty, which is learned sooner than noise is copied.

Noise may differ from frame to frame: frames that are given have none, and the network continues them (as in Chen et
al., "Diffusion Forcing", 2024, arXiv:2407.01392).

Clips are float in [-1, 1], (B, T, H, W). Folded, a frame is (C, h, w) with C = patch ** 2 and the frames of a clip are
its channels, (B, T * C, h, w), so that samplers see a picture.

B batch, T frames, C channels of a folded frame, h, w height and width, D feature maps of a level, E width of the time
embedding. Inside, frames are a part of the batch: (B * T, D, h, w), channels last.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.nn.blocks import Norm
from aigc_demo.nn.timestep import sinusoidal
from aigc_demo.nn.transformer import TransformerLayer

LEAST = 0.1  # flow time below which the velocity is that of this time, lest it grow without bounds


@dataclass(frozen=True)
class VideoConfig:
    frames: int = 16  # T
    image_size: int = 24  # H = W, a multiple of patch * 2 ** (levels of `widths` - 1)
    patch: int = 2  # side of the squares that are folded into channels
    widths: tuple[int, ...] = (32, 64, 96)  # D per level, each a multiple of `groups`
    layers: int = 4  # of the Transformer at the bottom
    head_width: int = 32  # of its attention
    classes: int = 11  # with the null class last
    groups: int = 8  # of the group normalisation
    norm_eps: float = 1e-5  # added to the variance in the normalisation
    schedule: str = "flow"  # how noise grows (sampling/schedules.py)
    prediction: str = "flow"  # what the network says (sampling/predict.py)
    levels: int = 1000  # noise levels of the schedule

    @classmethod
    def tiny(cls) -> "VideoConfig":
        """The smallest config that runs every line; for tests."""
        return cls(frames=3, widths=(8, 16), layers=1, head_width=8, groups=4)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (T * C, h, w) of a folded clip."""
        side = self.image_size // self.patch
        return self.frames * self.patch**2, side, side


class TimeConv(nn.Module):
    """A convolution over 3 frames at every position: one product with the frame before, itself and the next."""

    def __init__(self, width: int, frames: int):
        super().__init__()
        self.frames = frames
        self.linear = nn.Linear(3 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """x (B * T, D, h, w) -> the same shape."""
        rows = x.permute(0, 2, 3, 1)
        rows = rows.reshape(-1, self.frames, *rows.shape[1:])  # (B, T, h, w, D)
        padded = F.pad(rows, (0, 0, 0, 0, 0, 0, 1, 1))
        taps = torch.cat([padded[:, :-2], rows, padded[:, 2:]], dim=-1)
        return self.linear(taps).flatten(0, 1).permute(0, 3, 1, 2)


class ClipNorm(Norm):
    """Group normalisation over all frames of a clip."""

    def __init__(self, groups: int, width: int, eps: float, frames: int):
        super().__init__(groups, width, eps)
        self.frames = frames

    def forward(self, x: Tensor) -> Tensor:
        """x (B * T, D, h, w) -> the same shape."""
        rows = x.permute(0, 2, 3, 1)
        clip = rows.reshape(-1, self.frames * rows.shape[1], *rows.shape[2:]).permute(0, 3, 1, 2)
        return super().forward(clip).permute(0, 2, 3, 1).reshape(rows.shape).permute(0, 3, 1, 2)


class Block(nn.Module):
    """A convolution in space and one in time, whose result is added to what came in."""

    def __init__(self, inputs: int, width: int, config: VideoConfig):
        super().__init__()
        self.norm1 = ClipNorm(config.groups, inputs, config.norm_eps, config.frames)
        self.space = nn.Conv2d(inputs, width, 3, padding=1)
        self.norm2 = ClipNorm(config.groups, width, config.norm_eps, config.frames)
        self.time = TimeConv(width, config.frames)
        self.shortcut = nn.Conv2d(inputs, width, 1) if inputs != width else nn.Identity()

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x (B * T, inputs, h, w), bias (B * T, D, 1, 1) -> (B * T, D, h, w)."""
        h = self.space(F.silu(self.norm1(x), inplace=True)) + bias
        return self.shortcut(x) + self.time(F.silu(self.norm2(h), inplace=True))


class Video(nn.Module):
    def __init__(self, config: VideoConfig):
        super().__init__()
        self.config = config
        widths, channels = config.widths, config.patch**2
        embedding = 4 * widths[0]
        self.time = nn.Sequential(nn.Linear(widths[0], embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.label = nn.Embedding(config.classes, embedding)
        self.conv_in = nn.Conv2d(channels, widths[0], 3, padding=1)
        pairs = list(zip(widths, widths[1:], strict=False))
        self.down = nn.ModuleList(Block(w, w, config) for w in widths)
        self.halve = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairs)
        side = config.image_size // config.patch // 2 ** len(pairs)
        self.positions = nn.Parameter(0.02 * torch.randn(1, config.frames * side**2, widths[-1]))
        self.middle = nn.ModuleList(
            TransformerLayer(widths[-1], widths[-1] // config.head_width, causal=False) for _ in range(config.layers)
        )
        self.narrow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairs)  # before frames are made larger
        self.up = nn.ModuleList(Block(2 * w, w, config) for w in widths)
        self.norm_out = ClipNorm(config.groups, widths[0], config.norm_eps, config.frames)
        self.conv_out = nn.Conv2d(widths[0], channels, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        self.conv_out.bias = nn.Parameter(torch.full((channels,), -0.9))  # most of a frame is dark
        self.bias_widths = [*widths, *reversed(widths)]
        self.biases = nn.Linear(embedding, sum(self.bias_widths))  # of time and class for all blocks in one product

    def fold(self, clips: Tensor) -> Tensor:
        """clips (B, T, H, W) -> (B, T * C, h, w): the same numbers, fewer positions."""
        return F.pixel_unshuffle(clips, self.config.patch)

    def unfold(self, x: Tensor) -> Tensor:
        """(B, T * C, h, w) -> clips (B, T, H, W); the inverse of fold."""
        return F.pixel_shuffle(x, self.config.patch)

    def velocity(self, x: Tensor, times: Tensor, label: Tensor) -> Tensor:
        """Folded noisy x (B, T * C, h, w), flow times (B, T) of its frames, from 0 (clean) to 1 (noise), label (B,)
        -> velocity (B, T * C, h, w)."""
        config = self.config
        waves = sinusoidal(1000 * times.flatten(), config.widths[0]).to(x.dtype)
        embedding = self.time(waves) + self.label(label).repeat_interleave(config.frames, 0)  # (B * T, E)
        biases = iter(self.biases(F.silu(embedding))[:, :, None, None].split(self.bias_widths, dim=1))
        frames = x.reshape(-1, x.shape[1] // config.frames, *x.shape[2:])  # (B * T, C, h, w)
        h = self.conv_in(frames.contiguous(memory_format=torch.channels_last))
        skips = []
        for i, block in enumerate(self.down):
            h = block(h, next(biases))
            skips.append(h)
            if i < len(self.halve):
                h = self.halve[i](h)
        h = h + self._look(h)
        up: list[Any] = list(self.up)
        for i in reversed(range(len(up))):
            h = up[i](torch.cat([h, skips[i]], dim=1), next(biases))
            if i:
                h = F.interpolate(self.narrow[i - 1](h), scale_factor=2.0, mode="nearest")
        clean = self.conv_out(F.silu(self.norm_out(h))).unflatten(0, (-1, config.frames)).flatten(1, 2)
        s = times.clamp_min(LEAST).repeat_interleave(config.patch**2, 1)[:, :, None, None]
        return (x - clean) / s

    def _look(self, h: Tensor) -> Tensor:
        """The Transformer over all positions of all frames. h (B * T, D, h, w) -> the same shape."""
        rows = h.permute(0, 2, 3, 1)
        tokens = rows.reshape(-1, self.positions.shape[1], h.shape[1]) + self.positions
        for layer in self.middle:
            tokens = layer(tokens)
        return tokens.reshape(rows.shape).permute(0, 3, 1, 2)

    def forward(self, x: Tensor, level: Tensor, label: Tensor | None = None) -> Tensor:
        """Folded noisy x (B, T * C, h, w) at noise level (B,) in 0..levels-1, label (B,) or None for no class
        -> velocity (B, T * C, h, w). Level t is flow time (t + 1) / levels."""
        if label is None:
            label = torch.full_like(level, self.config.classes - 1, dtype=torch.long)
        times = ((level + 1) / self.config.levels)[:, None].expand(-1, self.config.frames)
        return self.velocity(x, times, label)
