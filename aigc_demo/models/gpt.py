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
ROOM = 512  # tokens that a new cache has room for


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
        self.context = config.context
        room = min(ROOM, config.context)  # a text that grows longer gets more
        shape = (config.layers, 2, batch, config.groups, room, config.head_width)
        self._take(like.new_empty(shape))
        self.length = 0

    def _take(self, pairs: Tensor) -> None:
        """Keep keys and values in `pairs`, (L, 2, B, G, room, E)."""
        self.pairs = pairs
        self.layers = [layer.unbind() for layer in pairs.unbind()]

    def extend(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Write (B, G, T, E) behind what there is; all of it, (B, G, length + T, E)."""
        new, end = key.shape[2], self.length + key.shape[2]
        if end > self.pairs.shape[4]:
            self._grow(end)
        keys, values = self.layers[layer]
        keys.narrow(2, self.length, new).copy_(key)
        values.narrow(2, self.length, new).copy_(value)
        return keys.narrow(2, 0, end), values.narrow(2, 0, end)

    def _grow(self, length: int) -> None:
        """Make room for `length` tokens, and for as many again, so that few copies are made."""
        before, shape = self.pairs, list(self.pairs.shape)
        shape[4] = min(self.context, 2 * length)
        self._take(before.new_empty(shape))
        self.pairs[..., : before.shape[4], :] = before

    def copy(self) -> "Cache":
        """Another one that stands where this one does."""
        twin = object.__new__(Cache)
        twin.context, twin.length = self.context, self.length
        twin._take(self.pairs.clone())
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
    """By what a position turns the pairs of a head, (2, context, E): cosine; -sine and sine (arXiv:2104.09864, eq. 34).

    Numbers i and i + E/2 make a pair.
    """
    half = torch.arange(0, config.head_width, 2).float() / config.head_width
    angles = torch.arange(config.context)[:, None].float() * (1 / config.rope_base**half)
    cosine, sine = angles.cos(), angles.sin()
    return torch.stack([torch.cat([cosine, cosine], dim=1), torch.cat([-sine, sine], dim=1)])


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """x (B, H, T, E), both of `turns` at these positions (T, E) -> the same shape."""
    return torch.addcmul(x * cosine, x.roll(x.shape[-1] // 2, -1), sine)


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
        config = self.config
        batch, new = x.shape[:2]
        heads = self.qkv(x).view(batch, new, -1, config.head_width).transpose(1, 2)  # (B, H + 2G, T, E)
        if config.form == "gpt2":
            q, k, v = heads.split((config.heads, config.groups, config.groups), 1)
            return q, k, v
        looked, v = heads.split((config.heads + config.groups, config.groups), 1)
        if config.form == "modern":
            looked = F.rms_norm(looked, (config.head_width,))
        if turn is not None:
            looked = rotate(looked, turn[0], turn[1])
        q, k = looked.split((config.heads, config.groups), 1)
        return q, k, v

    def forward(self, x: Tensor, turn: Tensor | None, cache: Cache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        q, k, v = self.split(x, turn)
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        new, known = q.shape[2], k.shape[2]
        if new == 1:  # it may look everywhere: heads that share keys look at once, as if they were several tokens
            q = q.reshape(len(q), self.config.groups, -1, self.config.head_width)  # (B, G, H / G, E)
            return self.out(F.scaled_dot_product_attention(q, k, v).reshape(x.shape))
        if self.config.groups < self.config.heads:
            k, v = (part.repeat_interleave(self.config.heads // self.config.groups, dim=1) for part in (k, v))
        mask = None
        if new < known:  # the new tokens see what is known, and each other backwards
            mask = torch.ones(new, known, dtype=torch.bool, device=x.device).tril(known - new)
        drop = self.config.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, mask, drop, is_causal=mask is None)
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
        self.dropout = config.dropout

    def forward(self, x: Tensor, turn: Tensor | None, cache: Cache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        x = x + self.drop(self.attention(self.norm1(x), turn, cache, layer))
        return x + self.drop(self.mlp(self.norm2(x)))

    def drop(self, x: Tensor) -> Tensor:
        """Leave numbers out while it learns; no work at all while it writes."""
        return F.dropout(x, self.dropout) if self.training and self.dropout else x


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
