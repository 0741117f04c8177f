"""One new token through a GPT on a CPU, in NumPy: the same formulas as models/gpt.py, on the same memory.

A token's products are small: most of a step in PyTorch is the way of some 25 operators a layer through Python and the
dispatcher, at 5 to 10 us each. NumPy needs about 1 us, and its arrays share the memory of the tensors, so that nothing
is copied and weights that are trained on are seen as they are.

B batch, D width, H heads, G heads of keys and values, E width of a head, V vocabulary.
"""

import math
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from aigc_demo.models.gpt import GPT, KVCache

MOST_ROWS = 32  # texts beside each other, above which products in PyTorch are as fast
Array = np.ndarray
Product = Callable[[Array], Array]  # x (B, I) -> (B, O)


def array(tensor: Tensor) -> Array:
    """The tensor's own memory as an array."""
    return tensor.detach().numpy()


def product(layer: Any) -> Product:
    """What a linear layer computes, x (B, I) -> (B, O); layers with a product of their own are asked for it."""
    own: Product | None = getattr(layer, "product", None)
    if own is not None:
        return own
    weight = array(layer.weight).T  # (I, O)
    if layer.bias is None:
        return lambda x: x @ weight
    bias = array(layer.bias)
    return lambda x: x @ weight + bias


def is_possible(model: "GPT", tokens: Tensor) -> bool:
    """Whether tokens (B, T) can go this way: one new token of a few texts, nothing to be trained, float32 on a CPU."""
    weight: Any = model.norm.weight  # float32 also where other layers keep bytes
    plain = weight.device.type == "cpu" and weight.dtype == torch.float32
    return plain and tokens.shape[1] == 1 and len(tokens) <= MOST_ROWS and not torch.is_grad_enabled()


def inverse_root(x: Array, eps: float) -> Any:
    """1 / sqrt(mean of squares + eps) of every row of x (B, D): a number where there is one row, else (B, 1)."""
    if len(x) == 1:
        return 1 / math.sqrt(float(x[0].dot(x[0])) / x.shape[1] + eps)
    return 1 / np.sqrt(np.vecdot(x, x) / x.shape[1] + eps)[:, None]


def layer_norm(part: nn.Module, eps: float) -> Callable[[Array], Array]:
    """x (B, D) -> the same, as LayerNorm."""
    weight, bias = array(part.weight), array(part.bias)  # type: ignore[arg-type]

    def work(x: Array) -> Array:
        x = x - x.sum(1, keepdims=True) / x.shape[1]
        root = inverse_root(x, eps)
        x *= weight
        x *= root
        x += bias
        return x

    return work


def rms_norm(part: nn.Module, eps: float) -> Callable[[Array], Array]:
    """x (B, D) -> the same, as RMSNorm."""
    weight = array(part.weight)  # type: ignore[arg-type]

    def work(x: Array) -> Array:
        y = x * weight
        y *= inverse_root(x, eps)
        return y

    return work


def gelu(x: Array) -> Array:
    """Tanh form (Hendrycks & Gimpel, 2016, arXiv:1606.08415), in place."""
    inner = x * x
    inner *= np.float32(0.044715 * math.sqrt(2 / math.pi))
    inner += np.float32(math.sqrt(2 / math.pi))
    inner *= x
    np.tanh(inner, out=inner)
    inner += 1
    x *= 0.5
    x *= inner
    return x


def swiglu(x: Array) -> Array:
    """x (B, 2 I), gate and value -> silu(gate) value (B, I)."""
    half = x.shape[1] // 2
    gate = x[:, :half]
    bend = np.exp(-gate)
    bend += 1
    np.divide(gate, bend, bend)
    bend *= x[:, half:]
    return bend


def softmax(scores: Array) -> None:
    """scores (B, G, R, T) -> their softmax over T, in place."""
    scores -= np.maximum.reduce(scores, 3, keepdims=True)
    np.exp(scores, scores)
    scores /= np.add.reduce(scores, 3, keepdims=True)


class Decoder:
    """The steps of the texts of one cache. Built anew for each: it only takes views."""

    def __init__(self, model: "GPT", cache: "KVCache"):
        self.config, self._cache = model.config, weakref.ref(cache)  # which holds this: no circle that keeps weights
        gpt2 = self.config.form == "gpt2"
        norm = layer_norm if gpt2 else rms_norm
        eps = self.config.norm_eps
        self.h, self.g, self.e = self.config.n_head, self.config.n_kv_head, self.config.head_width
        self.scale = 1 / math.sqrt(self.e)
        self.bend = gelu if gpt2 else swiglu
        self.embed = array(model.embed.weight)
        self.positions = array(model.positions.weight) if gpt2 else None
        self.rotary = None if gpt2 else array(model.rotary)
        blocks: Any = model.blocks
        self.layers = [
            (
                *(norm(block.norm1, eps), product(block.attention.qkv), product(block.attention.out)),
                *(norm(block.norm2, eps), product(block.mlp.up), product(block.mlp.down)),
            )
            for block in blocks
        ]
        self.norm, self.head = norm(model.norm, eps), product(model.head)
        self.pairs: Tensor | None = None
        self.rows: list[tuple[Array, Array]] = []  # keys and values (B, G, room, E) of every layer

    @property
    def cache(self) -> "KVCache":
        """What it writes to; whoever calls `step` holds it."""
        found = self._cache()
        assert found is not None
        return found

    def open(self) -> int:
        """Make room for one more token; its position."""
        cache = self.cache
        cache.reserve(cache.length + 1)
        if self.pairs is not cache.pairs:
            self.pairs = cache.pairs
            self.rows = [(pair[0], pair[1]) for pair in array(cache.pairs)]
        return cache.length

    def step(self, tokens: Tensor) -> Tensor:
        """The next token of every text, (B, 1) -> logits (B, 1, V)."""
        n = self.open()
        x = self.embed[tokens.numpy()[:, 0]].astype(np.float32)  # (B, D), a copy
        if self.positions is not None:
            x += self.positions[n]
        turn = None if self.rotary is None else rotation(self.rotary[0, n], self.rotary[1, n])

        def attend(layer: int, heads: Array) -> Array:
            qk, values = heads[:, : self.h + self.g], heads[:, self.h + self.g :]
            return self.attend(layer, qk if turn is None else qk @ turn, values, n)

        logits = self.through(x, attend)
        self.cache.length = n + 1
        return torch.from_numpy(logits)[:, None]

    def through(self, x: Array, attend: Callable[[int, Array], Array]) -> Array:
        """x (B, D) through all blocks -> logits (B, V); attend(layer, heads (B, H + 2 G, E)) -> (B, D)."""
        with np.errstate(over="ignore"):  # exp(-gate) may be infinite: the gate is closed then
            for layer, (norm1, qkv, out, norm2, up, down) in enumerate(self.layers):
                x = x + out(attend(layer, qkv(norm1(x)).reshape(len(x), -1, self.e)))
                x += down(self.bend(up(norm2(x))))
            return self.head(self.norm(x))

    def attend(self, layer: int, qk: Array, values: Array, n: int) -> Array:
        """At position n: queries and keys (B, H + G, E), rotated; values (B, G, E) -> what they take over, (B, D)."""
        known_keys, known_values = self.rows[layer]
        h, g, e = self.h, self.g, self.e
        known_keys[:, :, n], known_values[:, :, n] = qk[:, h:], values
        scores = qk[:, :h].reshape(-1, g, h // g, e) @ known_keys[:, :, : n + 1].swapaxes(2, 3)  # (B, G, H / G, n + 1)
        scores *= self.scale
        softmax(scores)
        return (scores @ known_values[:, :, : n + 1]).reshape(len(qk), -1)


class Bundle:
    """The past of N texts in one memory, a row each, so that all of them look back in one product."""

    def __init__(self, caches: Sequence["KVCache"]):
        first, room = caches[0].pairs, max(cache.pairs.shape[4] for cache in caches)
        layers, both, _, groups, _, width = first.shape
        # zeros, as a number of chance behind the end of a text may be no number, which even an odd of 0 does not remove
        pairs = first.new_zeros(layers, both, len(caches), groups, room, width)
        for row, cache in enumerate(caches):
            pairs[:, :, row : row + 1, :, : cache.length] = cache.pairs[..., : cache.length, :]
            cache.take(pairs[:, :, row : row + 1])
            cache.bundle, cache.row = self, row
        self.rows = [(pair[0], pair[1]) for pair in array(pairs)]  # keys and values (N, G, room, E) of every layer
        self.size = len(caches)


def bundle_of(caches: Sequence["KVCache"]) -> Bundle:
    """The one that holds all of these texts and at most as many others."""
    found = caches[0].bundle
    if found is None or any(cache.bundle is not found for cache in caches) or found.size > 2 * len(caches):
        return Bundle(caches)
    return found


def side_by_side(decoders: Sequence[Decoder], tokens: Sequence[int]) -> Tensor:
    """One new token of each of B texts of one model, a cache each -> logits (B, V).

    Every product is one for all texts; what lies behind the end of a shorter one has no weight.
    """
    caches = [decoder.cache for decoder in decoders]
    for cache in caches:
        cache.reserve(cache.length + 1)
    bundle, first = bundle_of(caches), decoders[0]
    rows, places = [cache.row for cache in caches], [cache.length for cache in caches]
    h, g, e, end = first.h, first.g, first.e, max(places) + 1
    x = first.embed[tokens].astype(np.float32)  # (B, D)
    if first.positions is not None:
        x += first.positions[places]
    rotary = None if first.rotary is None else first.rotary[:, places, None]  # (2, B, 1, E)
    queries = np.zeros((bundle.size, g, h // g, e), np.float32)
    behind = np.zeros((bundle.size, 1, 1, end), np.float32)  # added to the scores
    for row, place in zip(rows, places, strict=True):
        behind[row, ..., place + 1 :] = -np.inf

    def attend(layer: int, heads: Array) -> Array:
        qk, values = heads[:, : h + g], heads[:, h + g :]
        if rotary is not None:
            half = e // 2
            qk = qk * rotary[0] + np.concatenate([qk[..., half:], qk[..., :half]], 2) * rotary[1]
        known_keys, known_values = bundle.rows[layer]
        known_keys[rows, :, places], known_values[rows, :, places] = qk[:, h:], values
        queries[rows] = (qk[:, :h] * first.scale).reshape(-1, g, h // g, e)
        found = queries @ known_keys[:, :, :end].swapaxes(2, 3)  # (N, G, H / G, end)
        found += behind
        softmax(found)
        return (found @ known_values[:, :, :end]).reshape(bundle.size, -1)[rows]

    logits = first.through(x, attend)
    for cache in caches:
        cache.length += 1
    return torch.from_numpy(logits)


def rotation(cosine: Array, sine: Array) -> Array:
    """The table's rows of a position, (E,) each -> the matrix (E, E) by which rows are rotated: x R.

    What models/gpt.rotate does with more and smaller operators: x_i cos + x_(i + E/2 mod E) sin.
    """
    turn = np.diag(cosine)
    half = len(cosine) // 2
    turn[half:, :half] += np.diag(sine[:half])
    turn[:half, half:] += np.diag(sine[half:])
    return turn
