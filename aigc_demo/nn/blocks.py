"""Parts that networks on pictures share: normalisation, residual block, attention, half and double size.

The diffusion U-Net and the KL autoencoder are made of them, as diffusers' networks are made of the same parts.

B batch, C channels, H height, W width.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.nn.attention import attend


class Norm(nn.GroupNorm):
    """Group normalisation, in float32 whatever the type of the maps.

    torch's own is slow on a CPU where maps are channels-last, large, and few to a group; there, while nothing is
    trained, the sums are taken over the pixels of every map first.
    """

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> (B, C, H, W)."""
        by_map = x.numel() >= 2**15 and self.num_channels // self.num_groups % 8 and x.is_cpu
        if torch.is_grad_enabled() or (x.dtype == torch.float32 and not by_map):
            return torch.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)
        if by_map and x.is_contiguous(memory_format=torch.channels_last):
            rows = x.permute(0, 2, 3, 1)  # (B, H, W, C), as it lies in memory
            return self._by_map(rows.flatten(1, 2).float()).to(x.dtype).view(rows.shape).permute(0, 3, 1, 2)
        found = torch.group_norm(x.float(), self.num_groups, self.weight.float(), self.bias.float(), self.eps)
        return found.to(x.dtype)

    def _by_map(self, x: Tensor) -> Tensor:
        """x (B, H*W, C) -> the same, normalised."""
        b, _, c = x.shape
        groups = (b, self.num_groups, c // self.num_groups)
        centre = x.mean(1, keepdim=True)  # (B, 1, C); a variance about it loses no digits, as E[x^2] - E[x]^2 would
        within = (x - centre).square_().mean(1).view(groups).mean(2, keepdim=True)
        mean = centre.view(groups).mean(2, keepdim=True)  # (B, groups, 1)
        between = (centre.view(groups) - mean).square().mean(2, keepdim=True)
        deviation = (within + between + self.eps).sqrt()
        scale = self.weight.float().view(groups[1:]) / deviation  # (B, groups, C/groups)
        shift = self.bias.float().view(groups[1:]) - mean * scale
        return torch.addcmul(shift.view(b, 1, c), x, scale.view(b, 1, c))


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to what came in."""

    def __init__(self, channels: int, width: int, groups: int, eps: float, dropout: float = 0.0):
        super().__init__()
        self.norm1 = Norm(groups, channels, eps)
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1)
        self.norm2 = Norm(groups, width, eps)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.shortcut = nn.Conv2d(channels, width, 1) if channels != width else nn.Identity()

    def forward(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """x (B, channels, H, W), bias (B, width, 1, 1) of the time where there is one -> (B, width, H, W)."""
        h = self.conv1(F.silu(self.norm1(x), inplace=True))
        if bias is not None:
            h += bias
        h = self.conv2(self.dropout(F.silu(self.norm2(h), inplace=True)))
        return self.shortcut(x) + h


class Attention(nn.Module):
    """Every position looks at every other one; added to the input."""

    def __init__(self, width: int, heads: int, groups: int, eps: float):
        super().__init__()
        self.heads = heads
        self.norm = Norm(groups, width, eps)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> (B, C, H, W)."""
        b, c, h, w = x.shape
        tokens = self.norm(x).permute(0, 2, 3, 1).flatten(1, 2)
        qkv = self.qkv(tokens).view(b, h * w, 3, self.heads, c // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (B, heads, H*W, C/heads)
        mixed = attend(q, k, v)
        mixed = mixed.transpose(1, 2).reshape(b, h * w, c)
        return x + self.out(mixed).view(b, h, w, c).permute(0, 3, 1, 2)


class Down(nn.Module):
    def __init__(self, width: int, padding: int):
        super().__init__()
        self.padding = padding
        self.conv = nn.Conv2d(width, width, 3, stride=2, padding=padding)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> (B, C, H/2, W/2)."""
        return self.conv(x if self.padding else F.pad(x, (0, 1, 0, 1)))


class Up(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> (B, C, 2H, 2W)."""
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
