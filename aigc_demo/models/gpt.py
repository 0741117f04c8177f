"""A decoder-only Transformer: every position looks at those before it and names the next token.

    x = embed(tokens);  x = x + attention(norm(x));  x = x + mlp(norm(x));  logits = head(norm(x))

One network in three forms, by `GPTConfig.form`:

           positions              norm        MLP       weights map onto
gpt2       learned, added         LayerNorm   GELU      transformers' GPT2LMHeadModel (Radford et al., 2019)
llama      rotated (RoPE)         RMSNorm     SwiGLU    transformers' LlamaForCausalLM (arXiv:2302.13971)
modern     rotated, queries and   RMSNorm     ReLU^2    nothing: the recipe that learns fastest at this size
           keys normed

B batch, T tokens, V vocabulary, D width, L layers, H heads, G heads of keys and values, E width of a head.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FORMS = ("gpt2", "llama", "modern")


@dataclass(frozen=True)
class GPTConfig:
    form: str = "llama"
    vocabulary: int = 65  # V
    context: int = 256  # the most tokens that are looked back on
    width: int = 192  # D
    layers: int = 6
    heads: int = 6  # H
    groups: int = 6  # G: H / G heads share their keys and values (arXiv:2305.13245)
    hidden: int = 512  # width inside the MLP
    tied: bool = True  # the head is the embedding (arXiv:1608.05859)
    rope_base: float = 10_000.0
    norm_eps: float = 1e-5
    dropout: float = 0.0
    characters: str = ""  # what token i is, where tokens are characters

    @classmethod
    def tiny(cls, form: str = "llama") -> "GPTConfig":
        """For tests."""
        return cls(form, vocabulary=11, context=16, width=16, layers=2, heads=4, groups=4, hidden=24)

    @property
    def head_width(self) -> int:
        """E."""
        return self.width // self.heads


class Cache:
    """Keys and values of the tokens seen so far, so that each is computed once; every call of the model adds to it."""

    def __init__(self, config: GPTConfig, batch: int, like: Tensor):
        shape = (config.layers, 2, batch, config.groups, config.context, config.head_width)
        self.pairs = like.new_empty(shape)
        self.length = 0

    def extend(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Write (B, G, T, E) behind what there is; all of it, (B, G, length + T, E)."""
        end = self.length + key.shape[2]
        keys, values = self.pairs[layer]
        keys[:, :, self.length : end] = key
        values[:, :, self.length : end] = value
        return keys[:, :, :end], values[:, :, :end]

    def copy(self) -> "Cache":
        """Another one that stands where this one does."""
        twin = object.__new__(Cache)
        twin.pairs, twin.length = self.pairs.clone(), self.length
        return twin


class RMSNorm(nn.Module):
    """Divide by the root of the mean square (arXiv:1910.07467)."""

    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """x (..., D) -> the same shape."""
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


def norm(config: GPTConfig) -> nn.Module:
    """The normalisation of the form."""
    if config.form == "gpt2":
        return nn.LayerNorm(config.width, config.norm_eps)
    return RMSNorm(config.width, config.norm_eps)


def turns(config: GPTConfig) -> Tensor:
    """Cosine and sine by which a position turns the pairs of a head, (2, context, E) (arXiv:2104.09864, eq. 34)."""
    half = torch.arange(0, config.head_width, 2).float() / config.head_width
    angles = torch.arange(config.context)[:, None].float() * (1 / config.rope_base**half)
    angles = torch.cat([angles, angles], dim=1)  # numbers i and i + E/2 make a pair
    return torch.stack([angles.cos(), angles.sin()])


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """x (B, H, T, E), cosine and sine (T, E) -> the same shape."""
    left, right = x.chunk(2, dim=-1)
    return x * cosine + torch.cat([-right, left], dim=-1) * sine


class Attention(nn.Module):
    """Causal self-attention, softmax(q k' / sqrt(E)) v per head (arXiv:1706.03762, eq. 1)."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.config = config
        bias = config.form == "gpt2"
        self.sizes = [n * config.head_width for n in (config.heads, config.groups, config.groups)]
        self.qkv = nn.Linear(config.width, sum(self.sizes), bias=bias)
        self.out = nn.Linear(config.width, config.width, bias=bias)

    def split(self, x: Tensor, turn: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """x (B, T, D) -> queries (B, H, T, E), keys and values (B, G, T, E); turn (2, T, E) where positions turn."""
        q, k, v = (
            part.unflatten(2, (-1, self.config.head_width)).transpose(1, 2) for part in self.qkv(x).split(self.sizes, 2)
        )
        if self.config.form == "modern":
            q, k = (F.rms_norm(part, part.shape[-1:]) for part in (q, k))
        if turn is not None:
            q, k = rotate(q, *turn), rotate(k, *turn)
        return q, k, v

    def forward(self, x: Tensor, turn: Tensor | None, cache: Cache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        q, k, v = self.split(x, turn)
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        if self.config.groups < self.config.heads:
            k, v = (part.repeat_interleave(self.config.heads // self.config.groups, dim=1) for part in (k, v))
        new, known = q.shape[2], k.shape[2]
        mask = None
        if 1 < new < known:  # the new tokens see what is known, and each other backwards
            mask = torch.ones(new, known, dtype=torch.bool, device=x.device).tril(known - new)
        y = F.scaled_dot_product_attention(q, k, v, mask, is_causal=mask is None and new > 1)
        return self.out(y.transpose(1, 2).flatten(2))

    def weights(self, x: Tensor, turn: Tensor | None) -> Tensor:
        """How much each position (row) takes from each other (column), (B, H, T, T); rows sum to 1."""
        q, k, _ = self.split(x, turn)
        k = k.repeat_interleave(self.config.heads // self.config.groups, dim=1)
        scores = q @ k.transpose(2, 3) / math.sqrt(self.config.head_width)
        future = torch.ones(scores.shape[2:], dtype=torch.bool, device=x.device).triu(1)
        return scores.masked_fill(future, -math.inf).softmax(-1)


class MLP(nn.Module):
    """Two linear maps about a bend; SwiGLU has a third that opens and closes the way (arXiv:2002.05202)."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.form = config.form
        bias = config.form == "gpt2"
        self.up = nn.Linear(config.width, config.hidden * (2 if config.form == "llama" else 1), bias=bias)
        self.down = nn.Linear(config.hidden, config.width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        h = self.up(x)
        if self.form == "gpt2":
            h = F.gelu(h, approximate="tanh")
        elif self.form == "llama":
            gate, h = h.chunk(2, dim=-1)
            h = F.silu(gate) * h
        else:
            h = F.relu(h).square()
        return self.down(h)


class Block(nn.Module):
    """Look around, then think: each adds to what came in."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.norm1, self.attention = norm(config), Attention(config)
        self.norm2, self.mlp = norm(config), MLP(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, turn: Tensor | None, cache: Cache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        x = x + self.dropout(self.attention(self.norm1(x), turn, cache, layer))
        return x + self.dropout(self.mlp(self.norm2(x)))


class GPT(nn.Module):
    """Tokens in, scores of every possible next token out."""

    turns: Tensor

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocabulary, config.width)
        if config.form == "gpt2":
            self.positions = nn.Embedding(config.context, config.width)
        else:
            self.register_buffer("turns", turns(config), persistent=False)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = norm(config)
        self.head = nn.Linear(config.width, config.vocabulary, bias=False)
        if config.tied:
            self.head.weight = self.embed.weight
        self.dropout = nn.Dropout(config.dropout)
        self.start_weights()

    @torch.no_grad()
    def start_weights(self) -> None:
        """N(0, 0.02) as GPT-2; what is added to the stream begins at 0, so that a new block does nothing yet."""
        for name, weight in self.named_parameters():
            if name.endswith(("out.weight", "down.weight", "bias")):
                weight.zero_()
            elif weight.ndim == 2:
                nn.init.normal_(weight, std=0.02)

    def state(self, batch: int = 1) -> Cache:
        """What a text that is being written needs to go on."""
        return Cache(self.config, batch, self.embed.weight)

    def forward(self, tokens: Tensor, state: Cache | None = None) -> Tensor:
        """tokens (B, T) -> logits (B, T, V); with a state, tokens are the next ones after those it has seen.

        ValueError where they are more than the context holds.
        """
        x, turn = self.enter(tokens, state.length if state is not None else 0)
        for layer, block in enumerate(self.blocks):
            x = block(x, turn, state, layer)
        if state is not None:
            state.length += tokens.shape[1]
        return self.head(self.norm(x))

    def enter(self, tokens: Tensor, start: int = 0) -> tuple[Tensor, Tensor | None]:
        """tokens (B, T), the first of them at position `start` -> stream (B, T, D), turns (2, T, E) of the form."""
        end = start + tokens.shape[1]
        if end > self.config.context:
            raise ValueError(f"{end} tokens do not fit into a context of {self.config.context}")
        x = self.embed(tokens)
        if self.config.form == "gpt2":
            return self.dropout(x + self.positions.weight[start:end]), None
        return self.dropout(x), self.turns[:, start:end]

    def attention(self, tokens: Tensor) -> Tensor:
        """tokens (B, T) -> attention weights of every layer and head, (L, B, H, T, T)."""
        x, turn = self.enter(tokens)
        found = []
        block: Any
        for block in self.blocks:
            found.append(block.attention.weights(block.norm1(x), turn))
            x = block(x, turn)
        return torch.stack(found)
