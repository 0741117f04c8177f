"""CycleGAN: two generators that translate pictures between two styles, learned without a single pair.

Zhu, Park, Isola & Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", 2017
(arXiv:1703.10593); the networks are those of its appendix 7.2:

    generator   c7s1-w, d2w, d4w, R4w x blocks, u2w, uw, c7s1-3
    critic      Cw, C2w, C4w, one number per patch

Johnson, Alahi & Fei-Fei, "Perceptual Losses for Real-Time Style Transfer", 2016 (arXiv:1603.08155): this generator.
Ulyanov, Vedaldi & Lempitsky, "Instance Normalization", 2016 (arXiv:1607.08022).
Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", 2016 (arXiv:1611.07004), section
3.2.2: a critic that judges patches, each on its own.

Pictures are float in [-1, 1]. B batch, C channels, H height, W width, w config.width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

SLOPE = 0.2  # of the critic's leaky ReLUs below zero
SPREAD = 0.02  # deviation of the first weights


@dataclass(frozen=True)
class CycleGANConfig:
    image_size: int = 64  # H = W that it was trained on, a multiple of 4
    channels: int = 3  # C
    width: int = 24  # w, feature maps at full size; doubled at half size and again at a quarter
    blocks: int = 4  # residual blocks of a generator
    critic_width: int = 32  # feature maps of a critic at half size
    names: tuple[str, str] = ("twitter", "google")  # the two styles, A and B

    @classmethod
    def tiny(cls) -> "CycleGANConfig":
        """The smallest config that runs every line; for tests."""
        return cls(image_size=32, width=2, blocks=1, critic_width=2)


def convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> list[nn.Module]:
    """(B, inputs, H, W) -> (B, outputs, H / stride, W / stride), normalised, never below 0."""
    return [
        nn.Conv2d(inputs, outputs, size, stride, size // 2, padding_mode="reflect" if stride == 1 else "zeros"),
        nn.InstanceNorm2d(outputs),
        nn.ReLU(),
    ]


def enlarged(inputs: int, outputs: int) -> list[nn.Module]:
    """(B, inputs, H, W) -> (B, outputs, 2H, 2W), normalised, never below 0."""
    return [
        nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1),
        nn.InstanceNorm2d(outputs),
        nn.ReLU(),
    ]


class Residual(nn.Module):
    """A small change to what comes in: x + f(x), f two convolutions."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            *convolution(width, width, 3),
            nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect"),
            nn.InstanceNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x (B, width, H, W) -> (B, width, H, W)."""
        return x + self.layers(x)


class Generator(nn.Module):
    """The translator from one style to the other."""

    def __init__(self, config: CycleGANConfig):
        super().__init__()
        c, w = config.channels, config.width
        self.layers = nn.Sequential(
            *convolution(c, w, 7),  # (B, w, H, W)
            *convolution(w, 2 * w, 3, stride=2),  # (B, 2w, H/2, W/2)
            *convolution(2 * w, 4 * w, 3, stride=2),  # (B, 4w, H/4, W/4)
            *(Residual(4 * w) for _ in range(config.blocks)),
            *enlarged(4 * w, 2 * w),  # (B, 2w, H/2, W/2)
            *enlarged(2 * w, w),  # (B, w, H, W)
            nn.Conv2d(w, c, 7, padding=3, padding_mode="reflect"),  # (B, C, H, W)
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) in the one style -> (B, C, H, W) in the other."""
        return self.layers(x)


class Discriminator(nn.Module):
    """Patch discriminator of one style: a score for every 34x34 pixels, high for real drawings."""

    def __init__(self, config: CycleGANConfig):
        super().__init__()
        c, w = config.channels, config.critic_width
        self.layers = nn.Sequential(
            nn.Conv2d(c, w, 4, stride=2, padding=1),  # (B, w, H/2, W/2)
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(w, 2 * w, 4, stride=2, padding=1),  # (B, 2w, H/4, W/4)
            nn.InstanceNorm2d(2 * w),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(2 * w, 4 * w, 4, padding=1),  # (B, 4w, H/4 - 1, W/4 - 1)
            nn.InstanceNorm2d(4 * w),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(4 * w, 1, 4, padding=1),  # (B, 1, H/4 - 2, W/4 - 2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) -> scores (B, H/4 - 2, W/4 - 2)."""
        return self.layers(x)[:, 0]  # without the channel


class CycleGAN(nn.Module):
    """Two generators and two discriminators. A and B are the two styles, config.names."""

    def __init__(self, config: CycleGANConfig):
        super().__init__()
        self.config = config
        self.to_b = Generator(config)  # G in the paper
        self.to_a = Generator(config)  # F
        self.critic_a = Discriminator(config)  # D_X
        self.critic_b = Discriminator(config)  # D_Y

    def generators(self) -> list[nn.Parameter]:
        """Weights of the two generators, for one optimiser."""
        return [*self.to_b.parameters(), *self.to_a.parameters()]

    def critics(self) -> list[nn.Parameter]:
        """Weights of the two discriminators, for the other optimiser."""
        return [*self.critic_a.parameters(), *self.critic_b.parameters()]

    def translator(self, backwards: bool) -> Generator:
        """The generator from A to B, or from B to A."""
        return self.to_a if backwards else self.to_b

    def discriminator(self, backwards: bool) -> Discriminator:
        """The discriminator of the style that `translator(backwards)` produces."""
        return self.critic_a if backwards else self.critic_b

    def forward(self, x: Tensor, backwards: bool = False) -> tuple[Tensor, Tensor]:
        """x (B, C, H, W) -> translated, and translated back again, both (B, C, H, W)."""
        there = self.translator(backwards)(x)
        return there, self.translator(not backwards)(there)


def init_weights(model: nn.Module, generator: torch.Generator) -> None:
    """Fill every convolution from `generator`: weights normal with deviation 0.02, biases 0 (appendix 7.1)."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            with torch.no_grad():
                layer.weight.normal_(0, SPREAD, generator=generator)
                if layer.bias is not None:
                    layer.bias.zero_()
