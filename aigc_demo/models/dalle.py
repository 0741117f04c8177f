"""DALL-E: one decoder-only Transformer over the tokens of a text and the tokens of its picture.

Ramesh et al., "Zero-Shot Text-to-Image Generation", 2021 (arXiv:2102.12092), section 2.2: text first, then the picture
row by row, each token predicted from all before it. The other way round, picture first, the same network describes.

    draw        text, padded to `text_length` | IMAGE | tokens of the picture
    describe    IMAGE | tokens of the picture | ENGLISH or CHINESE | text

The Transformer is models/gpt.py's, in the form of GPT-2; its weights map onto transformers' `GPT2LMHeadModel`.

B batch, T tokens of a text, N tokens of a picture, V vocabulary.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.models.gpt import GPT, GPTConfig, KVCache

LANGUAGES = ("en", "zh")


def transformer(width: int = 128, layers: int = 4, heads: int = 4, vocabulary: int = 512 + 1024 + 3) -> GPTConfig:
    """The config of the Transformer inside."""
    return GPTConfig("gpt2", vocabulary, 96, width, layers, heads, heads, hidden=4 * width, dropout=0.1)


@dataclass(frozen=True)
class DALLEConfig:
    gpt: GPTConfig = field(default_factory=transformer)
    words: int = 512  # tokens of texts; a picture's token k is number words + k
    text_length: int = 24  # T, padded
    codebook: int = 1024  # tokens of pictures
    side: int = 8  # N = side * side
    end: int = 3  # number of the token at the end of every text
    autoencoder: str = "vqvae-scenes"  # the checkpoint whose tokens are written

    @classmethod
    def tiny(cls) -> "DALLEConfig":
        """The smallest config that runs every line; for tests."""
        return cls(gpt=transformer(16, 2, 2, 512 + 16 + 3), codebook=16, side=8)

    @property
    def image(self) -> int:
        """Number of the token that a picture begins with."""
        return self.words + self.codebook

    def language(self, name: str) -> int:
        """Number of the token that a description in "en" or "zh" begins with."""
        return self.image + 1 + LANGUAGES.index(name)


class DALLE(nn.Module):
    def __init__(self, config: DALLEConfig):
        super().__init__()
        self.config = config
        self.gpt = GPT(config.gpt)

    def state(self, batch: int = 1) -> KVCache:
        """Keys and values of what has been read, to write on from."""
        return self.gpt.state(batch)

    def to_draw(self, text: Tensor, picture: Tensor | None = None) -> Tensor:
        """text (B, T), what is known of the picture, (B, n) below `codebook` -> what is read, (B, T + 1 + n)."""
        parts = [text, text.new_full((len(text), 1), self.config.image)]
        return torch.cat(parts if picture is None else [*parts, picture + self.config.words], dim=1)

    def to_describe(self, picture: Tensor, language: Tensor, text: Tensor | None = None) -> Tensor:
        """picture (B, N), language (B,) numbers of its token, what is known of the text (B, n) without its start token
        -> what is read, (B, 2 + N + n)."""
        start = picture.new_full((len(picture), 1), self.config.image)
        parts = [start, picture + self.config.words, language[:, None]]
        return torch.cat(parts if text is None else [*parts, text], dim=1)

    def forward(self, tokens: Tensor, state: KVCache | None = None, last: bool = False) -> Tensor:
        """tokens (B, n) -> logits (B, n, V); with a state, tokens are the next ones after those it has read.

        `last`: only those of the last token, (B, 1, V).
        """
        return self.gpt(tokens, state, last)

    def drawing(self, gpt: Any = None) -> "Only":
        """The network, or `gpt` in its place, as a language model that says nothing but tokens of pictures."""
        return Only(gpt or self.gpt, self.config.words, self.config.image)

    def describing(self) -> "Only":
        """The network as a language model that says nothing but tokens of texts."""
        return Only(self.gpt, 0, self.config.words)

    def picture_logits(self, logits: Tensor) -> Tensor:
        """logits (..., V) -> those of the tokens of pictures, (..., codebook)."""
        return logits[..., self.config.words : self.config.image]

    def text_logits(self, logits: Tensor) -> Tensor:
        """logits (..., V) -> those of the tokens of texts, (..., words)."""
        return logits[..., : self.config.words]


class Only:
    """A GPT whose next token is one of `first` to `last` - 1: a language model as sampling/writing.py wants one."""

    def __init__(self, gpt: Any, first: int, last: int):
        self.gpt, self.first, self.last = gpt, first, last
        self.config = gpt.config

    def state(self, batch: int = 1) -> KVCache:
        state: KVCache = self.gpt.state(batch)
        return state

    def __call__(self, tokens: Tensor, state: KVCache | None = None, last: bool = False) -> Tensor:
        """As GPT.forward, logits minus infinity for all other tokens."""
        logits = self.gpt(tokens, state, last)
        kept = torch.full_like(logits, -torch.inf)
        kept[..., self.first : self.last] = logits[..., self.first : self.last]
        return kept
