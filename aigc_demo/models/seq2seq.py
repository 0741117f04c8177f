"""An encoder-decoder Transformer: one line is read both ways, the other is written looking at it (arXiv:1706.03762).

    encoder   x = embed(upper);  x = x + attention(norm(x));  x = x + mlp(norm(x))
    decoder   y = embed(start, lower);  y = y + attention(norm(y));  y = y + cross(norm(y), x);  y = y + mlp(norm(y))
    logits = norm(y) embed'

Norms stand before each part, positions are learned, the embedding is shared by both sides and the head: the form of
transformers' MBartForConditionalGeneration (arXiv:2001.08210), onto which the weights map one to one.

A batch holds upper lines of one length, so nothing is masked but the future. Tokens are characters; the first three are
marks: PAD, START before the lower line, END behind it.

B batch, S characters of the upper line, T tokens of the lower line, V vocabulary, D width, H heads, E width of a head,
L layers.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.nn.attention import attend

MARKS = "␀␂␃"
PAD, START, END = range(3)


@dataclass(frozen=True)
class Seq2SeqConfig:
    vocabulary: int = 4_483  # V, the three marks among them
    context: int = 40  # the most tokens of a line
    width: int = 192  # D
    encoder_layers: int = 2
    decoder_layers: int = 3
    heads: int = 6  # H
    hidden: int = 512  # width inside the MLP
    norm_eps: float = 1e-5
    dropout: float = 0.0  # of the embedding and of what a layer adds
    characters: str = ""  # what token i is

    @classmethod
    def tiny(cls) -> "Seq2SeqConfig":
        """The smallest config that runs every line; for tests."""
        letters = MARKS + "天地日月山水风云"
        return cls(11, 16, 16, encoder_layers=1, decoder_layers=2, heads=4, hidden=24, characters=letters)

    @property
    def head_width(self) -> int:
        """E, the width of one attention head."""
        return self.width // self.heads


class KVCache:
    """What a lower line that is being written needs to go on: keys and values of its own tokens and of the upper line.

    Those of the upper line are computed once and shared by all lower lines that answer it.
    """

    def __init__(self, config: Seq2SeqConfig, batch: int, longest: int, cross: list[tuple[Tensor, Tensor]]):
        shape = (config.decoder_layers, 2, batch, config.heads, longest, config.head_width)
        self.pairs = cross[0][0].new_empty(shape)
        self.cross = cross  # for every layer keys and values (B or 1, H, S, E)
        self.length = 0

    def extend(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Write (B, H, T, E) behind what there is; all of it, (B, H, length + T, E)."""
        end = self.length + key.shape[2]
        keys, values = self.pairs[layer]
        keys[:, :, self.length : end] = key
        values[:, :, self.length : end] = value
        return keys[:, :, :end], values[:, :, :end]

    def pick(self, rows: Tensor) -> "KVCache":
        """Another one, whose line i goes on from line rows[i] of this one; all of them answer one upper line."""
        twin = object.__new__(KVCache)
        twin.pairs, twin.cross, twin.length = self.pairs[:, :, rows], self.cross, self.length
        return twin

    def copy(self) -> "KVCache":
        """Another one that stands where this one does."""
        twin = object.__new__(KVCache)
        twin.pairs, twin.cross, twin.length = self.pairs.clone(), self.cross, self.length
        return twin


def heads(x: Tensor, count: int) -> Tensor:
    """x (B, T, D) -> (B, H, T, E)."""
    return x.view(*x.shape[:2], count, -1).transpose(1, 2)


def look(q: Tensor, k: Tensor) -> Tensor:
    """Weights softmax(q k' / sqrt(E)) of queries (B, H, T, E) over keys (B, H, S, E), (B, H, T, S); no mask."""
    return (q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])).softmax(-1)


class Attention(nn.Module):
    """Self-attention, softmax(q k' / sqrt(E)) v per head (eq. 1); causal in the decoder."""

    def __init__(self, config: Seq2SeqConfig, causal: bool):
        super().__init__()
        self.heads, self.causal = config.heads, causal
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor, cache: KVCache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        q, k, v = (heads(part, self.heads) for part in self.qkv(x).chunk(3, dim=2))
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        new, known = q.shape[2], k.shape[2]
        mask = None
        if self.causal and 1 < new < known:  # the new tokens see what is known, and each other backwards
            mask = torch.ones(new, known, dtype=torch.bool, device=x.device).tril(known - new)
        y = attend(q, k, v, mask, causal=self.causal and mask is None and new > 1)
        return self.out(y.transpose(1, 2).flatten(2))


class CrossAttention(nn.Module):
    """The lower line asks, the upper line answers: queries of the one, keys and values of the other."""

    def __init__(self, config: Seq2SeqConfig):
        super().__init__()
        self.heads = config.heads
        self.q = nn.Linear(config.width, config.width)
        self.kv = nn.Linear(config.width, 2 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def remember(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """memory (B, S, D) -> keys and values (B, H, S, E)."""
        k, v = (heads(part, self.heads) for part in self.kv(memory).chunk(2, dim=2))
        return k, v

    def forward(self, x: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """x (B, T, D), keys and values (B or 1, H, S, E) -> (B, T, D)."""
        q = heads(self.q(x), self.heads)
        if len(keys) < len(q):
            keys, values = (part.expand(len(q), -1, -1, -1) for part in (keys, values))
        y = attend(q, keys, values)
        return self.out(y.transpose(1, 2).flatten(2))

    def weights(self, x: Tensor, keys: Tensor) -> Tensor:
        """How much every token of the lower line (row) takes from each of the upper (column), (B, H, T, S)."""
        return look(heads(self.q(x), self.heads), keys)


class MLP(nn.Module):
    """Two linear maps about a bend (arXiv:1606.08415)."""

    def __init__(self, config: Seq2SeqConfig):
        super().__init__()
        self.up = nn.Linear(config.width, config.hidden)
        self.down = nn.Linear(config.hidden, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        return self.down(F.gelu(self.up(x)))


class EncoderBlock(nn.Module):
    """Look around, then think: each adds to what came in."""

    def __init__(self, config: Seq2SeqConfig):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(config.width, config.norm_eps), Attention(config, causal=False)
        self.norm2, self.mlp = nn.LayerNorm(config.width, config.norm_eps), MLP(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, S, D) -> (B, S, D)."""
        x = x + self.dropout(self.attention(self.norm1(x)))
        return x + self.dropout(self.mlp(self.norm2(x)))


class DecoderBlock(nn.Module):
    """Look back on what is written, look across at what it answers, then think."""

    def __init__(self, config: Seq2SeqConfig):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(config.width, config.norm_eps), Attention(config, causal=True)
        self.norm2, self.cross = nn.LayerNorm(config.width, config.norm_eps), CrossAttention(config)
        self.norm3, self.mlp = nn.LayerNorm(config.width, config.norm_eps), MLP(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, cross: tuple[Tensor, Tensor], cache: KVCache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D), keys and values of the upper line -> (B, T, D)."""
        x = x + self.dropout(self.attention(self.norm1(x), cache, layer))
        x = x + self.dropout(self.cross(self.norm2(x), *cross))
        return x + self.dropout(self.mlp(self.norm3(x)))


class Side(nn.Module):
    """One side of the network: positions, a norm after them, blocks, a norm at the end."""

    def __init__(self, config: Seq2SeqConfig, blocks: list[nn.Module]):
        super().__init__()
        self.context = config.context
        self.positions = nn.Embedding(config.context, config.width)
        self.norm_in = nn.LayerNorm(config.width, config.norm_eps)
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(config.width, config.norm_eps)
        self.dropout = nn.Dropout(config.dropout)

    def embed_positions(self, x: Tensor, start: int = 0) -> Tensor:
        """Embedded tokens (B, T, D), the first of them at position `start` -> the stream (B, T, D)."""
        end = start + x.shape[1]
        if end > self.context:
            raise ValueError(f"{end} tokens do not fit into a context of {self.context}")
        return self.dropout(self.norm_in(x + self.positions.weight[start:end]))


class Seq2Seq(nn.Module):
    """An upper line and the beginning of a lower one in, scores of every possible next token out."""

    def __init__(self, config: Seq2SeqConfig):
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocabulary, config.width)
        self.encoder = Side(config, [EncoderBlock(config) for _ in range(config.encoder_layers)])
        self.decoder = Side(config, [DecoderBlock(config) for _ in range(config.decoder_layers)])
        self.head = nn.Linear(config.width, config.vocabulary, bias=False)
        self.head.weight = self.embed.weight  # tied (arXiv:1608.05859)
        self.init_weights()

    @torch.no_grad()
    def init_weights(self) -> None:
        """N(0, 0.02); what is added to the stream begins at 0, so that a new block does nothing yet."""
        for name, weight in self.named_parameters():
            if name.endswith(("out.weight", "down.weight", "bias")):
                weight.zero_()
            elif weight.ndim == 2:
                nn.init.normal_(weight, std=0.02)

    def encode(self, upper: Tensor) -> Tensor:
        """upper (B, S) -> what was understood of every character, (B, S, D)."""
        x = self.encoder.embed_positions(self.embed(upper))
        for block in self.encoder.blocks:
            x = block(x)
        return self.encoder.norm(x)

    def crossing(self, upper: Tensor) -> list[tuple[Tensor, Tensor]]:
        """upper (B, S) -> keys and values of every layer's cross-attention, (B, H, S, E) each."""
        memory = self.encode(upper)
        blocks: Any = self.decoder.blocks
        return [block.cross.remember(memory) for block in blocks]

    def state(self, upper: Tensor, batch: int, longest: int = 0) -> KVCache:
        """The beginning of `batch` lower lines of up to `longest` tokens (0: the context) to the upper line (1, S)."""
        return KVCache(self.config, batch, longest or self.config.context, self.crossing(upper))

    def forward(self, upper: Tensor, lower: Tensor) -> Tensor:
        """upper (B, S), lower (B, T), which begins with START -> logits of what comes after each token, (B, T, V)."""
        cross = self.crossing(upper)
        x = self.decoder.embed_positions(self.embed(lower))
        for block, pair in zip(self.decoder.blocks, cross, strict=True):
            x = block(x, pair)
        return self.head(self.decoder.norm(x))

    def next(self, tokens: Tensor, state: KVCache) -> Tensor:
        """The next tokens (B, T) of the lower lines -> logits (B, T, V); the state moves on."""
        x = self.decoder.embed_positions(self.embed(tokens), state.length)
        for layer, block in enumerate(self.decoder.blocks):
            x = block(x, state.cross[layer], state, layer)
        state.length += tokens.shape[1]
        return self.head(self.decoder.norm(x))

    def alignment(self, upper: Tensor, lower: Tensor) -> Tensor:
        """Cross-attention of every layer and head, (L, B, H, T, S): row t is what was asked to write the token after
        lower[t], column s what was taken from the upper character s; rows sum to 1."""
        cross = self.crossing(upper)
        x = self.decoder.embed_positions(self.embed(lower))
        found = []
        block: Any
        for block, pair in zip(self.decoder.blocks, cross, strict=True):
            asking = x + block.attention(block.norm1(x))
            found.append(block.cross.weights(block.norm2(asking), pair[0]))
            x = block(x, pair)
        return torch.stack(found)


class Writer:
    """The model as the functions of sampling/beam.py want it, at the upper line (1, S); every call moves it on."""

    def __init__(self, model: Seq2Seq, upper: Tensor):
        self.model, self.upper = model, upper
        self.state: KVCache | None = None

    def __call__(self, tokens: Tensor, parents: Tensor) -> Tensor:
        """Line i goes on from line parents[i] with tokens[i], (N,) both -> logits of what comes next (N, V)."""
        if self.state is None:
            self.state = self.model.state(self.upper, len(tokens), self.upper.shape[1] + 1)
        else:
            self.state = self.state.pick(parents)
        return self.model.next(tokens[:, None], self.state)[:, 0]


def loss(model: Seq2Seq, upper: Tensor, lower: Tensor) -> dict[str, Tensor]:
    """Mean cost of the true next token of the lower lines (B, T), in nats, END counted as a token.

    lower holds neither START nor END.
    """
    marks = lower.new_tensor([START, END]).expand(len(lower), 2)
    logits = model(upper, torch.cat([marks[:, :1], lower], 1))  # (B, T + 1, V)
    targets = torch.cat([lower, marks[:, 1:]], 1)
    return {"loss": F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())}
