"""CLIP: a text tower and a picture tower whose outputs are close where text and picture belong together.

Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021 (arXiv:2103.00020),
sections 2.3 to 2.5: a causal Transformer read at its end token, a Vision Transformer read at its class token
(Dosovitskiy et al., 2021, arXiv:2010.11929), a learned temperature.

The weights map one to one onto transformers' `CLIPModel` (see pipelines/convert_clip.py). One thing differs in form
only: query, key and value of an attention are one matrix here.

Pictures are float in [-1, 1]. B batch, T tokens, D width, P width of the common space.
"""

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.nn.transformer import TransformerLayer

HOTTEST = math.log(100)  # the logit scale is kept below 100, as in the paper


@dataclass(frozen=True)
class TextConfig:
    vocabulary: int = 512
    context: int = 24  # T, padded
    width: int = 128  # D
    layers: int = 3
    heads: int = 4
    end: int = 3  # number of the token at the end of every text

    @classmethod
    def tiny(cls) -> "TextConfig":
        """The smallest config that runs every line; for tests."""
        return cls(width=16, layers=2, heads=2)


@dataclass(frozen=True)
class CLIPConfig:
    text: TextConfig = field(default_factory=TextConfig)
    image_size: int = 64
    patch: int = 8  # side of the squares that become tokens, pixels
    width: int = 128  # D of the picture tower
    layers: int = 3
    heads: int = 4
    common: int = 64  # P

    @classmethod
    def tiny(cls) -> "CLIPConfig":
        """The smallest config that runs every line; for tests."""
        return cls(text=TextConfig.tiny(), patch=16, width=16, layers=2, heads=2, common=8)


class TextTower(nn.Module):
    """Tokens -> a state per token; causal, so that the end token's state has read everything."""

    def __init__(self, config: TextConfig):
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocabulary, config.width)
        self.positions = nn.Embedding(config.context, config.width)
        self.layers = nn.ModuleList(
            TransformerLayer(config.width, config.heads, causal=True) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.width)
        nn.init.normal_(self.embed.weight, std=0.02)
        nn.init.normal_(self.positions.weight, std=0.01)

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens (B, T) -> states (B, T, D)."""
        x = self.embed(tokens) + self.positions.weight[: tokens.shape[1]]
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)

    def pool(self, tokens: Tensor, states: Tensor) -> Tensor:
        """The state of the first end token. tokens (B, T), states (B, T, D) -> (B, D)."""
        place = (tokens == self.config.end).int().argmax(1)
        return states[torch.arange(len(states), device=states.device), place]


class PictureTower(nn.Module):
    """Patches of a picture and a class token -> the class token's state."""

    def __init__(self, config: CLIPConfig):
        super().__init__()
        self.patches = nn.Conv2d(3, config.width, config.patch, stride=config.patch, bias=False)
        self.start = nn.Parameter(torch.randn(config.width) * config.width**-0.5)
        count = (config.image_size // config.patch) ** 2 + 1
        self.positions = nn.Embedding(count, config.width)
        self.norm_in = nn.LayerNorm(config.width)
        self.layers = nn.ModuleList(
            TransformerLayer(config.width, config.heads, causal=False) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.width)
        nn.init.normal_(self.positions.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 3, H, W) -> (B, D)."""
        tokens = self.patches(x).flatten(2).transpose(1, 2)  # (B, patches, D)
        tokens = torch.cat([self.start.expand(len(x), 1, -1), tokens], dim=1)
        tokens = self.norm_in(tokens + self.positions.weight)
        for layer in self.layers:
            tokens = layer(tokens)
        return self.norm(tokens[:, 0])


class CLIP(nn.Module):
    def __init__(self, config: CLIPConfig):
        super().__init__()
        self.config = config
        self.text = TextTower(config.text)
        self.picture = PictureTower(config)
        self.text_out = nn.Linear(config.text.width, config.common, bias=False)
        self.picture_out = nn.Linear(config.width, config.common, bias=False)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def encode_text(self, tokens: Tensor) -> Tensor:
        """tokens (B, T) -> unit vectors (B, P)."""
        return F.normalize(self.text_out(self.text.pool(tokens, self.text(tokens))), dim=-1)

    def encode_picture(self, x: Tensor) -> Tensor:
        """x (B, 3, H, W) in [-1, 1] -> unit vectors (B, P)."""
        return F.normalize(self.picture_out(self.picture(x)), dim=-1)

    def forward(self, tokens: Tensor, x: Tensor) -> Tensor:
        """tokens (B, T), x (N, 3, H, W) -> similarity times scale (B, N)."""
        return self.log_scale.clamp(max=HOTTEST).exp() * self.encode_text(tokens) @ self.encode_picture(x).T
