"""Super-resolution: a convolutional network that makes a picture twice as wide and as high.

Lim et al., "Enhanced Deep Residual Networks for Single Image Super-Resolution" (EDSR), 2017 (arXiv:1707.02921):
residual blocks without normalisation at the small size, then a pixel shuffle.
Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
Network", 2016 (arXiv:1609.05158): the pixel shuffle.
Kim et al., "Accurate Image Super-Resolution Using Very Deep Convolutional Networks" (VDSR), 2016 (arXiv:1511.04587):
the network says what is missing in the bicubically enlarged picture.

Pictures are float in [-1, 1]. B batch, C channels, H height, W width, F feature maps, S scale.
"""

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class UpscalerConfig:
    channels: int = 3  # C
    width: int = 32  # F
    blocks: int = 8  # residual blocks
    scale: int = 2  # S

    @classmethod
    def tiny(cls) -> "UpscalerConfig":
        """The smallest config that runs every line; for tests."""
        return cls(width=8, blocks=1)


class Block(nn.Module):
    """Convolution, ReLU, convolution; what comes of it is added to what came in."""

    def __init__(self, width: int):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, F, H, W) -> (B, F, H, W)."""
        return x + self.conv2(F.relu(self.conv1(x), inplace=True))


def bicubic(x: Tensor, scale: int) -> Tensor:
    """x (B, C, H, W) -> (B, C, SH, SW), by interpolation alone: the cubic of Keys (1981) with torch's a of -0.75."""
    return F.interpolate(x, scale_factor=scale, mode="bicubic", align_corners=False)


class Upscaler(nn.Module):
    def __init__(self, config: UpscalerConfig):
        super().__init__()
        self.config = config
        self.head = nn.Conv2d(config.channels, config.width, 3, padding=1)
        self.body = nn.Sequential(*(Block(config.width) for _ in range(config.blocks)))
        self.last = nn.Conv2d(config.width, config.width, 3, padding=1)
        self.tail = nn.Conv2d(config.width, config.channels * config.scale**2, 3, padding=1)
        for weight in self.tail.parameters():  # an untrained network enlarges bicubically
            nn.init.zeros_(weight)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) in [-1, 1] -> (B, C, SH, SW), about in [-1, 1]."""
        h = self.head(x)  # (B, F, H, W)
        h = h + self.last(self.body(h))
        missing = F.pixel_shuffle(self.tail(h), self.config.scale)  # (B, C, SH, SW)
        return bicubic(x, self.config.scale) + missing
