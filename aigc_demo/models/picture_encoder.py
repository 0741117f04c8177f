"""A small convolutional encoder: a picture in, a vector of features out. Self-supervised objectives train it.

LeCun et al., "Gradient-based learning applied to document recognition", 1998: convolutions that halve the picture.
Wu & He, "Group Normalization", 2018 (arXiv:1803.08494): no picture's features hang on the others of its batch.

Pictures are float in [-1, 1]. B batch, H = W side, D number of features.
"""

from dataclasses import dataclass

from torch import Tensor, nn

GROUPS = 4  # of feature maps that are normalised together


@dataclass(frozen=True)
class PictureEncoderConfig:
    side: int = 28  # H = W, pixels
    width: int = 16  # feature maps at half size; doubled at a quarter and again at an eighth
    features: int = 64  # D

    @classmethod
    def tiny(cls) -> "PictureEncoderConfig":
        """The smallest config that runs every line; for tests."""
        return cls(width=4, features=8)


def halved(inputs: int, outputs: int, size: int) -> nn.Sequential:
    """(B, inputs, H, W) -> (B, outputs, H / 2, W / 2), rounded up."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, 2, size // 2), nn.GroupNorm(GROUPS, outputs), nn.ReLU())


class PictureEncoder(nn.Module):
    def __init__(self, config: PictureEncoderConfig):
        super().__init__()
        self.config = config
        w, last = config.width, -(-config.side // 8)
        self.body = nn.Sequential(halved(1, w, 5), halved(w, 2 * w, 3), halved(2 * w, 4 * w, 3))
        self.out = nn.Linear(4 * w * last * last, config.features)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 1, H, W) -> features (B, D)."""
        return self.out(self.body(x).flatten(1))
