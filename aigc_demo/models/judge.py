"""The judge: a small convolutional network that reads pictures. It evaluates what the other models draw.

LeCun et al., "Gradient-based learning applied to document recognition", 1998: convolutions, then a decision.
Ioffe & Szegedy, "Batch Normalization", 2015 (arXiv:1502.03167).
Lin et al., "Network In Network", 2013 (arXiv:1312.4400), section 3.2: the mean over all positions before the decision.

Pictures are float in [-1, 1]. B batch, C channels, H height, W width, D number of features, K classes.
"""

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class JudgeConfig:
    image_size: int = 32  # H = W, a multiple of 8
    channels: int = 1  # C
    width: int = 32  # feature maps at half size; doubled at a quarter and again at an eighth
    classes: int = 10  # K
    dropout: float = 0.2  # before the decision, while training

    @classmethod
    def tiny(cls) -> "JudgeConfig":
        """The smallest config that runs every line; for tests."""
        return cls(width=4)

    @property
    def features(self) -> int:
        """D, the length of a picture's description."""
        return 4 * self.width


def convolution(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    """(B, inputs, H, W) -> (B, outputs, H / stride, W / stride)."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class Judge(nn.Module):
    def __init__(self, config: JudgeConfig):
        super().__init__()
        self.config = config
        w = config.width
        self.body = nn.Sequential(
            convolution(config.channels, w, 5, stride=2),  # (B, w, H/2, W/2)
            convolution(w, w),
            convolution(w, 2 * w, stride=2),  # (B, 2w, H/4, W/4)
            convolution(2 * w, 2 * w),
            convolution(2 * w, 4 * w, stride=2),  # (B, 4w, H/8, W/8)
            convolution(4 * w, 4 * w),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),  # (B, 4w)
        )
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(config.features, config.classes)

    def features(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> what the network sees in it (B, D); distances between sets of pictures use this."""
        return self.body(x)

    def decide(self, features: Tensor) -> Tensor:
        """features (B, D) -> logits (B, K)."""
        return self.head(self.dropout(features))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> logits (B, K)."""
        return self.decide(self.features(x))
