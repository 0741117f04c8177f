"""The U-Net that predicts the noise in a noisy picture.

Ho et al., "Denoising Diffusion Probabilistic Models", 2020 (arXiv:2006.11239), appendix B.
Ho & Salimans, "Classifier-Free Diffusion Guidance", 2022 (arXiv:2207.12598): the last class means "no class".
Salimans & Ho, "Progressive Distillation", 2022 (arXiv:2202.00512), section 4: v-prediction.

The weights map one to one onto diffusers' `UNet2DModel` (see pipelines/pairs/unet.py). Two things differ in form only:
query, key and value are one matrix here, and the time projections of all blocks are one matrix, so that a step on a CPU
is a few large products instead of many small ones.

Pictures are float in [-1, 1]. With `patch` 2 a picture (1, 32, 32) is folded to (4, 16, 16) before the network sees
it: the same numbers in another order, a quarter of the positions, about a quarter of the work.

B batch, C channels, H height, W width, D feature maps of a level, E width of the time embedding, T timesteps of
training; h, w are H, W halved once per level.
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
    prediction: str = "v"  # what the network predicts: eps, v or flow (sampling/predict.py)
    levels: int = 1000  # T, timesteps in training

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
    """A residual block with the groups, epsilon and dropout of `config`."""
    return ResidualBlock(channels, width, config.groups, config.norm_eps, config.dropout)


def attention(width: int, config: UNetConfig) -> Attention:
    """Self-attention with the heads, groups and epsilon of `config`."""
    return Attention(width, width // (config.head_width or width), config.groups, config.norm_eps)


class Level(nn.Module):
    """Residual blocks at one resolution, each followed by attention where the config asks for it."""

    def __init__(
        self, inputs: list[int], width: int, has_attention: bool, config: UNetConfig, resample: nn.Module | None
    ):
        super().__init__()
        self.blocks = nn.ModuleList(residual(c, width, config) for c in inputs)
        self.attentions = nn.ModuleList(attention(width, config) for _ in inputs) if has_attention else None
        self.resample = resample

    def step(self, index: int, x: Tensor, shift: Tensor) -> Tensor:
        """Block `index` of this level, with its attention. x (B, C, h, w), shift (B, D, 1, 1) -> (B, D, h, w)."""
        x = self.blocks[index](x, shift)
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
        skips = [widths[0]]  # widths of the maps that the up path will receive
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
        self.biases = nn.Linear(embedding, sum(self.bias_widths))  # the time projections of all blocks in one product

    def residual_blocks(self) -> list[ResidualBlock]:
        """All residual blocks in the order in which forward visits them."""
        down, up = (self.down.modules(), self.up.modules())
        blocks = [*down, *self.middle, *up]
        return [block for block in blocks if isinstance(block, ResidualBlock)]

    def embed(self, t: Tensor, label: Tensor | None = None) -> Tensor:
        """t (B,) timestep in 0..T-1, label (B,) class or None for no class -> (B, E)."""
        waves = sinusoidal(t, self.config.widths[0], self.config.cosine_first, self.config.frequency_shift)
        embedding = self.time(waves.to(self.conv_in.weight.dtype))
        if self.label is None:
            return embedding
        if label is None:
            label = torch.full_like(t, self.config.classes - 1, dtype=torch.long)
        return embedding + self.label(label)

    def forward(self, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """x (B, C, H, W) noisy, t (B,) timestep, label (B,) or None for no class -> (B, C, H, W)."""
        embedding = F.silu(self.embed(t, label))  # (B, E)
        shifts = iter(self.biases(embedding)[:, :, None, None].split(self.bias_widths, dim=1))  # each (B, D, 1, 1)
        h = self.conv_in(x)  # (B, D, H, W)
        skips = [h]
        level: Any  # a Level; mypy cannot look into a ModuleList
        for level in self.down:
            for i in range(len(level.blocks)):
                h = level.step(i, h, next(shifts))  # (B, D, h, w)
                skips.append(h)
            if level.resample is not None:
                h = level.resample(h)  # (B, D, h/2, w/2)
                skips.append(h)
        h = self.middle[0](h, next(shifts))  # (B, D, h, w)
        h = self.middle[1](self.middle_attention(h), next(shifts))  # (B, D, h, w)
        for level in self.up:
            for i in range(len(level.blocks)):
                h = torch.cat([h, skips.pop()], dim=1)  # (B, D + D of the skip, h, w)
                h = level.step(i, h, next(shifts))  # (B, D, h, w)
            if level.resample is not None:
                h = level.resample(h)  # (B, D, 2h, 2w)
        return self.conv_out(F.silu(self.norm_out(h)))  # (B, C, H, W)


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
        """(B, C * patch ** 2, H / patch, W / patch) -> picture (B, C, H, W); the inverse of fold."""
        return F.pixel_shuffle(x, self.config.patch)

    def forward(self, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """Folded noisy x (B, C, H, W), t (B,) in 0..T-1, label (B,) or None -> prediction (B, C, H, W)."""
        return self.unet(x, t, label)
