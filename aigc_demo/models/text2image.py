"""Text-to-image latent diffusion: a text tower, and a U-Net that looks at its states while it removes noise.

Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", 2022 (arXiv:2112.10752), section 3.3:
cross-attention from every position of the code to the tokens of the prompt. Ho & Salimans, 2022 (arXiv:2207.12598):
an empty prompt stands for "no prompt". Liu et al., "Flow Straight and Fast", 2022 (arXiv:2209.03003): the network says
the velocity eps - x_0 at x_s = (1 - s) x_0 + s eps.

The U-Net's weights map one to one onto diffusers' `UNet2DConditionModel`, the text tower's onto transformers'
`CLIPTextModel` (see pipelines/convert_text2image.py). In form only, query, key and value are one matrix here, and the
time biases of all residual blocks are one.

The sentence stays the same while a picture is drawn, so its keys and values are computed once (`words`), not per step.

B batch, C channels of the code, H height, W width, T tokens, D width of the text, E width of the time embedding, K
width of the keys and values of all Transformers together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.clip import TextConfig, TextTower
from aigc_demo.nn.attention import attend
from aigc_demo.nn.blocks import Down, Norm, ResidualBlock, Up
from aigc_demo.nn.timestep import sinusoidal


@dataclass(frozen=True)
class TextUNetConfig:
    image_size: int = 16  # H = W of the code, a multiple of 2 ** (levels - 1)
    channels: int = 4  # C
    widths: tuple[int, ...] = (24, 64, 96)  # feature maps per level, each a multiple of `groups` and `head_width`
    attention: tuple[bool, ...] = (False, True, True)  # a Transformer at this level?
    blocks: int = 1  # residual blocks per level on the way down; one more on the way up
    text: int = 128  # D
    head_width: int = 32  # of every attention
    groups: int = 8  # of the group normalisation
    norm_eps: float = 1e-5  # added to the variance in the normalisation

    @classmethod
    def tiny(cls) -> "TextUNetConfig":
        """The smallest config that runs every line; for tests."""
        return cls(image_size=8, widths=(8, 16), attention=(False, True), text=16, head_width=4, groups=4)


@dataclass(frozen=True)
class Text2ImageConfig:
    unet: TextUNetConfig = field(default_factory=TextUNetConfig)
    text: TextConfig = field(default_factory=TextConfig)
    schedule: str = "flow"  # how noise grows (sampling/schedules.py)
    prediction: str = "flow"  # what the network says (sampling/predict.py)
    levels: int = 1000  # noise levels of the schedule
    autoencoder: str = "kl-scenes"  # the checkpoint whose codes are drawn
    guidance: float = 3.0  # to draw with; 1 for a student that has learned its teacher's guidance
    steps: int = 10  # to draw with

    @classmethod
    def tiny(cls) -> "Text2ImageConfig":
        """The smallest config that runs every line; for tests."""
        return cls(unet=TextUNetConfig.tiny(), text=TextConfig.tiny())


def heads(x: Tensor, width: int) -> Tensor:
    """x (B, N, C) -> (B, C / width, N, width)."""
    b, n, c = x.shape
    return x.view(b, n, c // width, width).transpose(1, 2)


class SpatialTransformer(nn.Module):
    """Every position looks at all positions, then at the words of the prompt, then thinks; added to the input."""

    def __init__(self, width: int, text: int, head_width: int, groups: int):
        super().__init__()
        self.head_width = head_width
        self.norm = Norm(groups, width, 1e-6)
        self.enter = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.query = nn.Linear(width, width, bias=False)
        self.key_value = nn.Linear(text, 2 * width, bias=False)
        self.text_out = nn.Linear(width, width)
        self.norm3 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 8 * width)  # half of it opens and closes the other half (arXiv:2002.05202, GEGLU)
        self.down = nn.Linear(4 * width, width)
        self.leave = nn.Linear(width, width)
        nn.init.zeros_(self.leave.weight)  # a new block does nothing yet

    def forward(self, x: Tensor, words: Tensor, seen: list[Tensor] | None = None) -> Tensor:
        """x (B, C, H, W), keys and values of the prompt (B, T, 2C) by `key_value` -> (B, C, H, W); how much each
        position looks at each token, (B, H, W, T), is appended to `seen` where there is one."""
        b, c, h, w = x.shape
        tokens = self.enter(self.norm(x).permute(0, 2, 3, 1).flatten(1, 2))  # (B, HW, C)
        q, k, v = (heads(part, self.head_width) for part in self.qkv(self.norm1(tokens)).chunk(3, dim=2))
        tokens = tokens + self.out(attend(q, k, v).transpose(1, 2).flatten(2))
        q = heads(self.query(self.norm2(tokens)), self.head_width)
        k, v = (heads(part, self.head_width) for part in words.chunk(2, dim=2))
        if seen is not None:
            weights = (q @ k.transpose(2, 3) / self.head_width**0.5).softmax(-1)  # (B, heads, HW, T)
            seen.append(weights.mean(1).unflatten(1, (h, w)))
        tokens = tokens + self.text_out(attend(q, k, v).transpose(1, 2).flatten(2))
        value, gate = self.up(self.norm3(tokens)).chunk(2, dim=2)
        tokens = tokens + self.down(value * F.gelu(gate))
        return x + self.leave(tokens).view(b, h, w, c).permute(0, 3, 1, 2)


class TextLevel(nn.Module):
    """Residual blocks at one resolution, each followed by a Transformer where the config asks for it."""

    def __init__(
        self, inputs: list[int], width: int, attends: bool, config: TextUNetConfig, resample: nn.Module | None
    ):
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(c, width, config.groups, config.norm_eps) for c in inputs)
        self.transformers = nn.ModuleList(transformer(width, config) for _ in inputs) if attends else None
        self.resample = resample


def transformer(width: int, config: TextUNetConfig) -> SpatialTransformer:
    """A Transformer as `config` wants it."""
    return SpatialTransformer(width, config.text, config.head_width, config.groups)


class TextUNet(nn.Module):
    def __init__(self, config: TextUNetConfig):
        super().__init__()
        self.config = config
        widths, n = config.widths, config.blocks
        embedding = 4 * widths[0]
        self.time = nn.Sequential(nn.Linear(widths[0], embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.conv_in = nn.Conv2d(config.channels, widths[0], 3, padding=1)
        self.down = nn.ModuleList()
        skips, c = [widths[0]], widths[0]  # widths of the maps that the way up will receive
        for i, w in enumerate(widths):
            last = i == len(widths) - 1
            resample = None if last else Down(w, 1)
            self.down.append(TextLevel([c] + [w] * (n - 1), w, config.attention[i], config, resample))
            skips += [w] * (n if last else n + 1)
            c = w
        self.middle = nn.ModuleList(ResidualBlock(c, c, config.groups, config.norm_eps) for _ in range(2))
        self.middle_transformer = transformer(c, config)
        self.up = nn.ModuleList()
        for i, w in reversed(list(enumerate(widths))):
            inputs = []
            for _ in range(n + 1):
                inputs.append(c + skips.pop())
                c = w
            self.up.append(TextLevel(inputs, w, config.attention[i], config, Up(w) if i else None))
        self.norm_out = Norm(config.groups, c, config.norm_eps)
        self.conv_out = nn.Conv2d(c, config.channels, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        self.bias_widths = [block.conv1.out_channels for block in self.residual_blocks()]
        self.biases = nn.Linear(embedding, sum(self.bias_widths))  # the time biases of all blocks in one product
        self.word_widths = [part.key_value.out_features for part in self.transformers()]  # they add up to K

    def residual_blocks(self) -> list[ResidualBlock]:
        """All residual blocks in the order in which forward visits them."""
        parts = [*self.down.modules(), *self.middle, *self.up.modules()]
        return [part for part in parts if isinstance(part, ResidualBlock)]

    def transformers(self) -> list[SpatialTransformer]:
        """All Transformers in the order in which forward visits them."""
        parts = [*self.down.modules(), self.middle_transformer, *self.up.modules()]
        return [part for part in parts if isinstance(part, SpatialTransformer)]

    def words(self, states: Tensor) -> Tensor:
        """What the steps of a run need of the prompt: states (B, T, D) -> keys and values (B, T, K)."""
        return torch.cat([part.key_value(states) for part in self.transformers()], dim=2)

    def forward(self, x: Tensor, time: Tensor, states: Tensor, seen: list[Tensor] | None = None) -> Tensor:
        """x (B, C, H, W) noisy, time (B,) from 0 (a picture) to 1000 (noise), states (B, T, D) -> (B, C, H, W).

        Attention to the words, layer by layer, (B, H, W, T) each, is appended to `seen` where there is one.
        """
        return self.step(x, time, self.words(states), seen)

    def step(self, x: Tensor, time: Tensor, words: Tensor, seen: list[Tensor] | None = None) -> Tensor:
        """As forward, with the `words` of the states (B, T, K) in their place."""
        told = iter(torch.split(words, self.word_widths, dim=2))
        wave = sinusoidal(time, self.config.widths[0]).to(x.dtype)
        biases = iter(self.biases(F.silu(self.time(wave)))[:, :, None, None].split(self.bias_widths, dim=1))
        h = self.conv_in(x)
        skips = [h]
        level: Any  # a TextLevel; mypy cannot look into a ModuleList
        for level in self.down:
            for i in range(len(level.blocks)):
                h = self._block(level, i, h, biases, told, seen)
                skips.append(h)
            if level.resample is not None:
                h = level.resample(h)
                skips.append(h)
        h = self.middle[0](h, next(biases))
        h = self.middle[1](self.middle_transformer(h, next(told), seen), next(biases))
        for level in self.up:
            for i in range(len(level.blocks)):
                h = self._block(level, i, torch.cat([h, skips.pop()], dim=1), biases, told, seen)
            if level.resample is not None:
                h = level.resample(h)
        return self.conv_out(F.silu(self.norm_out(h)))

    @staticmethod
    def _block(
        level: Any, index: int, x: Tensor, biases: Iterator[Tensor], told: Iterator[Tensor], seen: list[Tensor] | None
    ) -> Tensor:
        """Block `index` of a level, with its Transformer. x (B, C, H, W) -> (B, width, H, W)."""
        x = level.blocks[index](x, next(biases))
        return x if level.transformers is None else level.transformers[index](x, next(told), seen)


class Text2Image(nn.Module):
    """A text tower and a U-Net, trained together."""

    def __init__(self, config: Text2ImageConfig):
        super().__init__()
        self.config = config
        self.text = TextTower(config.text)
        self.unet = TextUNet(config.unet)

    def encode(self, tokens: Tensor) -> Tensor:
        """tokens (B, T) -> states (B, T, D)."""
        return self.text(tokens)

    def forward(self, x: Tensor, level: Tensor, states: Tensor, seen: list[Tensor] | None = None) -> Tensor:
        """Scaled code x (B, C, H, W) at noise level (B,) in 0..levels-1, states (B, T, D) -> velocity (B, C, H, W).

        Level t is flow time s = (t + 1) / levels.
        """
        return self.step(x, level, self.words(states), seen)

    def words(self, states: Tensor) -> Tensor:
        """What the steps of a run need of the prompt: states (B, T, D) -> keys and values (B, T, K)."""
        return self.unet.words(states)

    def step(self, x: Tensor, level: Tensor, words: Tensor, seen: list[Tensor] | None = None) -> Tensor:
        """As forward, with the `words` of the states (B, T, K) in their place."""
        return self.unet.step(x, (level + 1) * (1000 / self.config.levels), words, seen)
