"""A decoder-only Transformer: every position attends to those before it; the head scores the next token.

    x = embed(tokens);  x = x + attention(norm(x));  x = x + mlp(norm(x));  logits = head(norm(x))

One network in two forms, by `GPTConfig.form`:

           positions              norm        MLP       weights map onto
gpt2       learned, added         LayerNorm   GELU      transformers' GPT2LMHeadModel (Radford et al., 2019)
llama      rotated (RoPE)         RMSNorm     SwiGLU    transformers' LlamaForCausalLM (arXiv:2302.13971)

B batch, T tokens, V vocabulary, D width, L layers, H heads, G heads of keys and values, E width of a head.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.decode import Bundle, Decoder, is_possible, side_by_side
from aigc_demo.nn.attention import attend

FORMS = ("gpt2", "llama")
ROOM = 512  # tokens that a new cache has room for


@dataclass(frozen=True)
class GPTConfig:
    FORMER: ClassVar = {"layers": "n_layer", "heads": "n_head", "groups": "n_kv_head"}  # names in early checkpoints

    form: str = "llama"
    vocabulary: int = 65  # V
    context: int = 256  # the most tokens that are looked back on
    width: int = 192  # D
    n_layer: int = 6  # L
    n_head: int = 6  # H
    n_kv_head: int = 6  # G: H / G heads share their keys and values (arXiv:2305.13245)
    hidden: int = 512  # width inside the MLP
    tied: bool = True  # the head is the embedding (arXiv:1608.05859)
    rope_base: float = 10_000.0
    norm_eps: float = 1e-5
    dropout: float = 0.0  # of the embedding and of what a layer adds; of attention it costs a third of a step
    characters: str = ""  # what token i is, where tokens are characters

    @classmethod
    def tiny(cls, form: str = "llama") -> "GPTConfig":
        """For tests."""
        return cls(form, vocabulary=11, context=16, width=16, n_layer=2, n_head=4, n_kv_head=4, hidden=24)

    @property
    def head_width(self) -> int:
        """E, the width of a head."""
        return self.width // self.n_head


class KVCache:
    """Keys and values of the tokens seen so far, so that each is computed once; every call of the model adds to it."""

    def __init__(self, config: GPTConfig, batch: int, like: Tensor):
        self.context = config.context
        self.bundle: Bundle | None = None  # where `pairs` is a part of the memory of several texts,
        self.row = 0  # this row of it
        room = min(ROOM, config.context)  # a text that grows longer gets more
        shape = (config.n_layer, 2, batch, config.n_kv_head, room, config.head_width)
        self.take(like.new_empty(shape))
        self.length = 0
        self.decoder: Decoder | None = None  # what single tokens go through on a CPU

    def take(self, pairs: Tensor) -> None:
        """Keep keys and values in `pairs`, (L, 2, B, G, room, E), from here on."""
        self.bundle, self.row = None, 0
        self.pairs = pairs
        self.layers = [layer.unbind() for layer in pairs.unbind()]

    def extend(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Write (B, G, T, E) behind what there is; all of it, (B, G, length + T, E)."""
        new, end = key.shape[2], self.length + key.shape[2]
        self.reserve(end)
        keys, values = self.layers[layer]
        keys.narrow(2, self.length, new).copy_(key)
        values.narrow(2, self.length, new).copy_(value)
        return keys.narrow(2, 0, end), values.narrow(2, 0, end)

    def reserve(self, length: int) -> None:
        """Make room for `length` tokens; where there is none, for as many again, so that few copies are made."""
        if length <= self.pairs.shape[4]:
            return
        before, shape = self.pairs, list(self.pairs.shape)
        shape[4] = min(self.context, 2 * length)
        self.take(before.new_empty(shape))
        self.pairs[..., : before.shape[4], :] = before

    def copy(self) -> "KVCache":
        """Another one that stands where this one does."""
        twin = object.__new__(KVCache)
        twin.context, twin.length, twin.decoder = self.context, self.length, None
        twin.take(self.pairs.clone())
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
    if config.form == "gpt2":
        return nn.LayerNorm(config.width, config.norm_eps)
    return RMSNorm(config.width, config.norm_eps)


def rotary_table(config: GPTConfig) -> Tensor:
    """Rotary position embedding (RoPE), (2, context, E): cosine; -sine and sine (arXiv:2104.09864, eq. 34).

    Numbers i and i + E/2 make a pair.
    """
    half = torch.arange(0, config.head_width, 2).float() / config.head_width
    angles = torch.arange(config.context)[:, None].float() * (1 / config.rope_base**half)
    cosine, sine = angles.cos(), angles.sin()
    return torch.stack([torch.cat([cosine, cosine], dim=1), torch.cat([-sine, sine], dim=1)])


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """x (B, H, T, E), both of `rotary_table` at these positions (T, E) -> the same shape."""
    return torch.addcmul(x * cosine, x.roll(x.shape[-1] // 2, -1), sine)


class Attention(nn.Module):
    """Causal self-attention, softmax(q k' / sqrt(E)) v per head (arXiv:1706.03762, eq. 1)."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.config = config
        bias = config.form == "gpt2"
        self.sizes = [n * config.head_width for n in (config.n_head, config.n_kv_head, config.n_kv_head)]
        self.qkv = nn.Linear(config.width, sum(self.sizes), bias=bias)
        self.out = nn.Linear(config.width, config.width, bias=bias)

    def split(self, x: Tensor, rotary: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """x (B, T, D) -> queries (B, H, T, E), keys and values (B, G, T, E); rotary (2, T, E), None: not rotated."""
        config = self.config
        batch, new = x.shape[:2]
        heads = self.qkv(x).view(batch, new, -1, config.head_width).transpose(1, 2)  # (B, H + 2G, T, E)
        if config.form == "gpt2":
            q, k, v = heads.split((config.n_head, config.n_kv_head, config.n_kv_head), 1)
            return q, k, v
        qk, v = heads.split((config.n_head + config.n_kv_head, config.n_kv_head), 1)
        if rotary is not None:
            qk = rotate(qk, rotary[0], rotary[1])
        q, k = qk.split((config.n_head, config.n_kv_head), 1)
        return q, k, v

    def forward(self, x: Tensor, rotary: Tensor | None, cache: KVCache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        q, k, v = self.split(x, rotary)
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        new, known = q.shape[2], k.shape[2]
        if new == 1:  # it may look everywhere: heads that share keys look at once, as if they were several tokens
            q = q.reshape(len(q), self.config.n_kv_head, -1, self.config.head_width)  # (B, G, H / G, E)
            return self.out(attend(q, k, v).reshape(x.shape))
        if self.config.n_kv_head < self.config.n_head:
            k, v = (part.repeat_interleave(self.config.n_head // self.config.n_kv_head, dim=1) for part in (k, v))
        mask = None
        if new < known:  # the new tokens see what is known, and each other backwards
            mask = torch.ones(new, known, dtype=torch.bool, device=x.device).tril(known - new)
        y = attend(q, k, v, mask, causal=mask is None)
        return self.out(y.transpose(1, 2).flatten(2))

    def probabilities(self, x: Tensor, rotary: Tensor | None) -> Tensor:
        """Attention probabilities, (B, H, T, T): how much each position (row) takes from each other (column)."""
        q, k, _ = self.split(x, rotary)
        k = k.repeat_interleave(self.config.n_head // self.config.n_kv_head, dim=1)
        scores = q @ k.transpose(2, 3) / math.sqrt(self.config.head_width)
        future = torch.ones(scores.shape[2:], dtype=torch.bool, device=x.device).triu(1)
        return scores.masked_fill(future, -math.inf).softmax(-1)


class MLP(nn.Module):
    """Two linear layers with a nonlinearity between them; SwiGLU adds a gate (arXiv:2002.05202)."""

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
        else:
            gate, h = h.chunk(2, dim=-1)
            h = F.silu(gate) * h
        return self.down(h)


class Block(nn.Module):
    """Pre-norm Transformer block: attention, then MLP, each with a residual connection."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.norm1, self.attention = norm(config), Attention(config)
        self.norm2, self.mlp = norm(config), MLP(config)
        self.dropout = config.dropout

    def forward(self, x: Tensor, rotary: Tensor | None, cache: KVCache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        x = x + self.drop(self.attention(self.norm1(x), rotary, cache, layer))
        return x + self.drop(self.mlp(self.norm2(x)))

    def drop(self, x: Tensor) -> Tensor:
        """Leave numbers out while it learns; no work at all while it writes."""
        return F.dropout(x, self.dropout) if self.training and self.dropout else x


def embedding(count: int, width: int) -> nn.Embedding:
    """nn.Embedding with N(0, 1) as torch starts it; on the meta device without, where that would import for seconds."""
    table = torch.empty(count, width)
    if not table.is_meta:
        nn.init.normal_(table)
    found: nn.Embedding = nn.Embedding.from_pretrained(table, freeze=False)  # type: ignore[no-untyped-call]
    return found


class GPT(nn.Module):
    """Tokens in, scores of every possible next token out."""

    rotary: Tensor
    norm: nn.Module

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.config = config
        self.embed = embedding(config.vocabulary, config.width)
        if config.form == "gpt2":
            self.positions = embedding(config.context, config.width)
        else:
            self.register_buffer("rotary", rotary_table(config), persistent=False)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.norm = norm(config)
        self.head = nn.Linear(config.width, config.vocabulary, bias=False)
        if config.tied:
            self.head.weight = self.embed.weight
        self.dropout = nn.Dropout(config.dropout)
        self.init_weights()

    @torch.no_grad()
    def init_weights(self) -> None:
        """N(0, 0.02) as GPT-2; projections into the residual stream begin at 0, so that a new block is the identity."""
        if self.head.weight.is_meta:
            return
        for name, weight in self.named_parameters():
            if name.endswith(("out.weight", "down.weight", "bias")):
                weight.zero_()
            elif weight.ndim == 2:
                nn.init.normal_(weight, std=0.02)

    def state(self, batch: int = 1) -> KVCache:
        """An empty KVCache for `batch` texts."""
        return KVCache(self.config, batch, next(self.norm.parameters()))

    def forward(self, tokens: Tensor, state: KVCache | None = None, last: bool = False) -> Tensor:
        """tokens (B, T) -> logits (B, T, V); with a state, tokens are the next ones after those it has seen.

        `last`: only those of the last token, (B, 1, V). ValueError where tokens are more than the context holds.
        """
        if state is not None and state.length < self.config.context and is_possible(self, tokens):
            return self.decoder(state).step(tokens)
        x = self.features(tokens, state)
        return self.head(x[:, -1:] if last else x)

    def features(self, tokens: Tensor, state: KVCache | None = None) -> Tensor:
        """tokens (B, T) -> what the head makes logits of, (B, T, D)."""
        x, rotary = self.embed_tokens(tokens, state.length if state is not None else 0)
        for layer, block in enumerate(self.blocks):
            x = block(x, rotary, state, layer)
        if state is not None:
            state.length += tokens.shape[1]
        return self.norm(x)

    def decoder(self, state: KVCache) -> Decoder:
        """What single tokens of a text go through on a CPU."""
        if state.decoder is None:
            state.decoder = Decoder(self, state)
        return state.decoder

    def side_by_side(self, tokens: Sequence[Tensor], states: Sequence[KVCache]) -> Tensor:
        """The next token (1, 1) of each of B texts, of any lengths -> logits (B, V).

        As `self(token, state)` of each in turn, with one product for all where the CPU is what computes.
        """
        fits = all(state.length < self.config.context for state in states) and is_possible(self, tokens[0])
        if not fits or len(states) == 1:
            each = zip(tokens, states, strict=True)
            return torch.cat([self(token, state)[:, -1] for token, state in each])
        return side_by_side([self.decoder(state) for state in states], [int(token) for token in tokens])

    def embed_tokens(self, tokens: Tensor, start: int = 0) -> tuple[Tensor, Tensor | None]:
        """tokens (B, T), the first of them at position `start` -> stream (B, T, D), rotary table (2, T, E) or None."""
        end = start + tokens.shape[1]
        if end > self.config.context:
            raise ValueError(f"{end} tokens do not fit into a context of {self.config.context}")
        x = self.embed(tokens)
        if self.config.form == "gpt2":
            return self.dropout(x + self.positions.weight[start:end]), None
        return self.dropout(x), self.rotary[:, start:end]

    def attention(self, tokens: Tensor) -> Tensor:
        """tokens (B, T) -> attention weights of every layer and head, (L, B, H, T, T)."""
        x, rotary = self.embed_tokens(tokens)
        found = []
        block: Any
        for block in self.blocks:
            found.append(block.attention.probabilities(block.norm1(x), rotary))
            x = block(x, rotary)
        return torch.stack(found)
