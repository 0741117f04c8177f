"""The detector: a small convolutional network that reads which objects stand where in a scene, and on what colour.

It says for every 4x4 pixels which object they are the middle of, if any, as a semantic segmentation network does.
Long, Shelhamer & Darrell, "Fully Convolutional Networks", 2015 (arXiv:1411.4038): a class per position.
Yu & Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2016 (arXiv:1511.07122).

Pictures are float in [-1, 1]. B batch, C channels, H height, W width, K classes of objects, G backgrounds.
"""

from dataclasses import dataclass

from torch import Tensor, nn

STRIDE = 4  # pixels per position of the output, each way


@dataclass(frozen=True)
class DetectorConfig:
    channels: int = 3  # C
    width: int = 48  # feature maps
    objects: int = 16  # K
    backgrounds: int = 8  # G

    @classmethod
    def tiny(cls) -> "DetectorConfig":
        """The smallest config that runs every line; for tests."""
        return cls(width=8)


def convolution(inputs: int, outputs: int, size: int = 3, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """(B, inputs, H, W) -> (B, outputs, H / stride, W / stride)."""
    padding = dilation * (size // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride=stride, padding=padding, dilation=dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class Detector(nn.Module):
    def __init__(self, config: DetectorConfig):
        super().__init__()
        self.config = config
        w = config.width
        self.body = nn.Sequential(
            convolution(config.channels, w // 2, 5, stride=2),  # (B, w/2, H/2, W/2)
            convolution(w // 2, w, stride=2),  # (B, w, H/4, W/4)
            *(convolution(w, w, dilation=dilation) for dilation in (1, 2, 4, 1)),
        )
        self.objects = nn.Conv2d(w, config.objects + 1, 1)
        self.background = nn.Linear(w, config.backgrounds)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, C, H, W) -> logits (B, K+1, H/4, W/4) of the object at each position, the last being none, and
        logits (B, G) of the background."""
        h = self.body(x)
        return self.objects(h), self.background(h.mean((2, 3)))
