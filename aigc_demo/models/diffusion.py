"""The U-Net that looks at a noisy picture and says what is noise in it.

Ho et al., "Denoising Diffusion Probabilistic Models", 2020 (arXiv:2006.11239), appendix B.
Ho & Salimans, "Classifier-Free Diffusion Guidance", 2022 (arXiv:2207.12598): the last class means "no class".
Salimans & Ho, "Progressive Distillation", 2022 (arXiv:2202.00512), section 4: v-prediction.

The weights map one to one onto diffusers' `UNet2DModel` (see pipelines/pairs/unet.py). Two things differ in form only:
query, key and value are one matrix here, and the time biases of all blocks are one matrix, so that a step on a CPU
is a few large products instead of many small ones.

Pictures are float in [-1, 1]. With `patch` 2 a picture (1, 32, 32) is folded to (4, 16, 16) before the network sees
it: the same numbers in another order, a quarter of the positions, about a quarter of the work.

B batch, C channels, H height, W width, E width of the time embedding, T number of noise levels.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.nn.blocks import Attention, Down, Norm, ResidualBlock, Up
from aigc_demo.nn.timestep import sinusoidal


@dataclass(frozen=True)
class UNetConfig:
    image_size: int = 16  # H = W of what the network sees, a multiple of 2 ** (levels - 1)
    channels: int = 4  # C of what the network sees
    widths: tuple[int, ...] = (32, 64, 64)  # feature maps per level, each a multiple of `groups`
    attention: tuple[bool, ...] = (False, True, True)  # self-attention at this level?
    blocks: int = 2  # residual blocks per level on the way down; one more on the way up
    classes: int = 11  # classes with the null class last; 0 for a network without classes
    head_width: int = 32  # width of one attention head; 0 for a single head per level
    middle_attention: bool = True  # self-attention at the bottom
    groups: int = 8  # groups of the group normalisation
    norm_eps: float = 1e-5  # added to the variance in the normalisation
    cosine_first: bool = True  # order of cosine and sine in the time embedding
    frequency_shift: float = 0.0  # see nn/timestep.py
    padding: int = 1  # of the strided convolutions; 0 pads right and below only
    dropout: float = 0.0  # inside residual blocks, while training

    @classmethod
    def tiny(cls) -> "UNetConfig":
        """The smallest config that runs every line; for tests."""
        return cls(image_size=8, widths=(8, 16), attention=(False, True), blocks=1, head_width=8, groups=4)


@dataclass(frozen=True)
class DiffusionConfig:
    unet: UNetConfig = field(default_factory=UNetConfig)
    patch: int = 2  # side of the squares that are folded into channels
    schedule: str = "cosine"  # how noise grows: cosine or linear (sampling/schedules.py)
    prediction: str = "v"  # what the network says: eps, v or flow (sampling/predict.py)
    levels: int = 1000  # T, noise levels in training

    @classmethod
    def tiny(cls) -> "DiffusionConfig":
        """The smallest config that runs every line; for tests."""
        return cls(unet=UNetConfig.tiny())

    @property
    def picture(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of a picture before folding."""
        size = self.unet.image_size * self.patch
        return self.unet.channels // self.patch**2, size, size


def residual(channels: int, width: int, config: UNetConfig) -> ResidualBlock:
    """A residual block as `config` wants it."""
    return ResidualBlock(channels, width, config.groups, config.norm_eps, config.dropout)


def attention(width: int, config: UNetConfig) -> Attention:
    """Self-attention as `config` wants it."""
    return Attention(width, width // (config.head_width or width), config.groups, config.norm_eps)


class Level(nn.Module):
    """Residual blocks at one resolution, each followed by attention where the config asks for it."""

    def __init__(self, inputs: list[int], width: int, looks: bool, config: UNetConfig, resample: nn.Module | None):
        super().__init__()
        self.blocks = nn.ModuleList(residual(c, width, config) for c in inputs)
        self.attentions = nn.ModuleList(attention(width, config) for _ in inputs) if looks else None
        self.resample = resample

    def step(self, index: int, x: Tensor, bias: Tensor) -> Tensor:
        """Block `index` of this level, with its attention. x (B, C, H, W) -> (B, width, H, W)."""
        x = self.blocks[index](x, bias)
        return x if self.attentions is None else self.attentions[index](x)


class UNet(nn.Module):
    def __init__(self, config: UNetConfig):
        super().__init__()
        self.config = config
        widths, n = config.widths, config.blocks
        embedding = 4 * widths[0]

        self.time = nn.Sequential(nn.Linear(widths[0], embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.label = nn.Embedding(config.classes, embedding) if config.classes else None
        self.conv_in = nn.Conv2d(config.channels, widths[0], 3, padding=1)

        self.down = nn.ModuleList()
        skips = [widths[0]]  # widths of the maps that the way up will receive
        c = widths[0]
        for i, w in enumerate(widths):
            last = i == len(widths) - 1
            resample = None if last else Down(w, config.padding)
            self.down.append(Level([c] + [w] * (n - 1), w, config.attention[i], config, resample))
            skips += [w] * (n if last else n + 1)
            c = w

        self.middle = nn.ModuleList([residual(c, c, config), residual(c, c, config)])
        self.middle_attention = attention(c, config) if config.middle_attention else nn.Identity()

        self.up = nn.ModuleList()
        for i, w in reversed(list(enumerate(widths))):
            inputs = []
            for _ in range(n + 1):
                inputs.append(c + skips.pop())
                c = w
            self.up.append(Level(inputs, w, config.attention[i], config, Up(w) if i else None))

        self.norm_out = Norm(config.groups, c, config.norm_eps)
        self.conv_out = nn.Conv2d(c, config.channels, 3, padding=1)

        self.bias_widths = [block.conv1.out_channels for block in self.residual_blocks()]
        self.biases = nn.Linear(embedding, sum(self.bias_widths))  # the time biases of all blocks in one product

    def residual_blocks(self) -> list[ResidualBlock]:
        """All residual blocks in the order in which forward visits them."""
        down, up = (self.down.modules(), self.up.modules())
        blocks = [*down, *self.middle, *up]
        return [block for block in blocks if isinstance(block, ResidualBlock)]

    def embed(self, t: Tensor, label: Tensor | None = None) -> Tensor:
        """t (B,) noise level in 0..T-1, label (B,) class -> (B, E)."""
        wave = sinusoidal(t, self.config.widths[0], self.config.cosine_first, self.config.frequency_shift)
        embedding = self.time(wave.to(self.conv_in.weight.dtype))
        if self.label is None:
            return embedding
        if label is None:
            label = torch.full_like(t, self.config.classes - 1, dtype=torch.long)
        return embedding + self.label(label)

    def forward(self, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """x (B, C, H, W) noisy, t (B,) noise level, label (B,) or None for no class -> (B, C, H, W)."""
        biases = iter(self.biases(F.silu(self.embed(t, label)))[:, :, None, None].split(self.bias_widths, dim=1))
        h = self.conv_in(x)
        skips = [h]
        level: Any  # a Level; mypy cannot look into a ModuleList
        for level in self.down:
            for i in range(len(level.blocks)):
                h = level.step(i, h, next(biases))
                skips.append(h)
            if level.resample is not None:
                h = level.resample(h)
                skips.append(h)
        h = self.middle[0](h, next(biases))
        h = self.middle[1](self.middle_attention(h), next(biases))
        for level in self.up:
            for i in range(len(level.blocks)):
                h = level.step(i, torch.cat([h, skips.pop()], dim=1), next(biases))
            if level.resample is not None:
                h = level.resample(h)
        return self.conv_out(F.silu(self.norm_out(h)))


class DiffusionModel(nn.Module):
    """A U-Net together with what its output means: folding, noise schedule and prediction type."""

    def __init__(self, config: DiffusionConfig):
        super().__init__()
        self.config = config
        self.unet = UNet(config.unet)

    def fold(self, picture: Tensor) -> Tensor:
        """picture (B, C, H, W) -> (B, C * patch ** 2, H / patch, W / patch): the same numbers, fewer positions."""
        return F.pixel_unshuffle(picture, self.config.patch)

    def unfold(self, x: Tensor) -> Tensor:
        """The inverse of fold."""
        return F.pixel_shuffle(x, self.config.patch)

    def forward(self, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """Folded noisy x (B, C, H, W), t (B,) in 0..T-1, label (B,) or None -> prediction (B, C, H, W)."""
        return self.unet(x, t, label)
