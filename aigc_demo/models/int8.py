"""Linear layers with a byte per weight, for networks whose speed is that of the memory: one token at a time.

y = W x is a weighted sum of the columns of W. A column is cut into blocks of WIDTH outputs, and a block is kept as

    round((w - low) / scale),  scale = (high - low) / 255      low and high: the least and the largest weight in it

so that the sum over the columns is one bag of embeddings per block: rows of bytes, each with its own scale and low,
summed with the numbers of x as weights. `embedding_bag_byte_rowwise_offsets` of FBGEMM does that from the bytes, with x
and all sums in float32: only the weights are rounded, not the inputs, which lose most where a few numbers are far
larger than all others (Dettmers et al., 2022, arXiv:2208.07339).

A few columns of a narrowing layer (the MLP's second) have one weight far larger than the rest, and meet the largest
inputs: the EXACT columns that rounding would move the most stay in float32 beside the bytes.

A prompt of several tokens is no weighted sum but a product of matrices: weights go back to float32 first.

I numbers in, O numbers out, N = O / WIDTH blocks of a column.
"""

import copy
import functools
import threading
import time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

WIDTHS = (64, 32, 16, 8)  # outputs of a block: the first of these that divides O
EXTRA = 8  # bytes of a block's scale and low, float32 both
EXACT = 8  # columns of a narrowing layer that keep float32
FEW = 2  # tokens that are read as weighted sums
TOLERANCE = 0.01  # of the product's size that it may be off
SLOWEST = 5  # times as long as float32 weights take out of the cache; a byte pays where they come out of the memory
PIECE = 2**19  # weights that are rounded at a time, so that they stay in the cache


def width_of(outputs: int) -> int:
    """WIDTH of a layer; 0 where none divides its outputs."""
    return next((width for width in WIDTHS if outputs % width == 0), 0)


def to_bytes(weight: Tensor) -> Tensor:
    """weight (O, I) -> bytes (N * I, WIDTH + EXTRA): every block of every column with its scale and low."""
    outputs, inputs = weight.shape
    width = width_of(outputs)
    blocks = weight.view(outputs // width, width, inputs).transpose(1, 2)  # (N, I, WIDTH)
    found = torch.empty(*blocks.shape[:2], width + EXTRA, dtype=torch.uint8)
    step = max(1, PIECE // (inputs * width))
    for start in range(0, len(blocks), step):
        piece, target = blocks[start : start + step].float(), found[start : start + step]
        low, high = piece.aminmax(dim=2, keepdim=True)
        scale = (high - low) / 255
        target[:, :, :width] = ((piece - low) / scale.clamp_min(1e-12)).round()
        target[:, :, width:] = torch.cat([scale, low], 2).view(torch.uint8)
    return found.view(-1, width + EXTRA)


class Packed(NamedTuple):
    """A matrix (O, I) by bytes, and what is not rounded of it: columns (K, O) of the inputs `exact` (K,)."""

    bytes: Tensor
    exact: Tensor
    columns: Tensor


def pack(weight: Tensor) -> Packed:
    """weight (O, I) by bytes; of a narrowing layer without the columns that rounding would move the most."""
    outputs, inputs = weight.shape
    if inputs <= outputs:
        return Packed(to_bytes(weight), torch.empty(0, dtype=torch.int64), torch.empty(0, outputs))
    blocks = weight.float().view(-1, width_of(outputs), inputs)  # (N, WIDTH, I)
    steps = blocks.amax(1) - blocks.amin(1)  # the error of a block is in proportion
    exact = steps.square().sum(0).topk(min(EXACT, inputs)).indices
    columns = weight[:, exact].T.float().contiguous()
    return Packed(to_bytes(weight.index_fill(1, exact, 0)), exact, columns)


_room = threading.local()


def scratch(blocks: int, inputs: int) -> tuple[Tensor, np.ndarray]:
    """This thread's memory for blocks * inputs numbers, as a row and as (blocks, inputs); new memory is slow to get."""
    kept: dict[Any, tuple[Tensor, np.ndarray]] = _room.__dict__
    found = kept.get((blocks, inputs))
    if found is None:
        row = torch.empty(blocks * inputs)
        found = kept[blocks, inputs] = row, row.numpy().reshape(blocks, inputs)
    return found


class Int8Linear(nn.Module):
    """What an nn.Linear computes, from a byte per weight."""

    packed: Tensor

    def __init__(self, weight: Packed, inputs: int, bias: Tensor | None = None):
        """weight: as `pack` gives it; bias: (O,) or none."""
        super().__init__()
        packed = self._bytes = weight.bytes  # here again, found without nn.Module's search
        self.register_buffer("packed", packed)
        self.exact = (weight.exact.numpy(), weight.columns.numpy()) if len(weight.exact) else None
        self.bias = bias
        self.blocks, self.width = len(packed) // inputs, packed.shape[1] - EXTRA
        self.in_features, self.out_features = inputs, self.blocks * self.width
        places = torch.arange(len(packed), dtype=torch.int32)
        self._places, self._starts = places, places[::inputs].clone()
        self._shift = None if bias is None else bias.detach().float().numpy()
        self._sum = torch.ops.quantized.embedding_bag_byte_rowwise_offsets.default

    def product(self, x: np.ndarray) -> np.ndarray:
        """x (B, I) float32 -> (B, O), one weighted sum after the other."""
        found = self._row(x) if len(x) == 1 else np.concatenate([self._row(row) for row in x])
        if self.exact is not None:
            found = found + x[:, self.exact[0]] @ self.exact[1]
        return found if self._shift is None else found + self._shift

    def _row(self, x: np.ndarray) -> np.ndarray:
        """One row of inputs x (I,) -> (1, O)."""
        weights, table = scratch(self.blocks, self.in_features)
        table[:] = x  # anew for every block
        bags: Tensor = self._sum(self._bytes, self._places, self._starts, False, 0, False, weights, None, False)
        return bags.numpy().reshape(1, -1)

    def forward(self, x: Tensor) -> Tensor:
        """x (..., I) -> (..., O)."""
        rows = x.detach().reshape(-1, self.in_features).float()
        if len(rows) <= FEW:
            y = torch.from_numpy(self.product(rows.numpy()))
        else:
            y = torch.matmul(rows, self.columns()).transpose(0, 1).reshape(len(rows), -1)  # (N, T, WIDTH) before
            if self.exact is not None:
                y = y + rows[:, self.exact[0]] @ torch.from_numpy(self.exact[1])
            y = y if self.bias is None else y + self.bias
        return y.view(*x.shape[:-1], -1)

    def dense(self) -> Tensor:
        """The weights as they are after rounding, (O, I) float32."""
        found = self.columns().transpose(1, 2).reshape(self.out_features, -1)
        if self.exact is not None:
            found[:, torch.from_numpy(self.exact[0])] = torch.from_numpy(self.exact[1]).T
        return found

    def columns(self) -> Tensor:
        """The rounded weights as float32, (N, I, WIDTH); 0 where a column is kept exact."""
        return torch.ops.quantized.embedding_bag_byte_unpack(self.packed).view(self.blocks, -1, self.width)


class MappedEmbedding(nn.Module):
    """What an nn.Embedding gives, as float32, from a table in the type of the file that it is mapped from."""

    def __init__(self, weight: Tensor):
        """weight (V, D) float16 or float32."""
        super().__init__()
        self.register_buffer("weight", weight)

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens of any shape (...) -> vectors (..., D)."""
        weight: Any = self.weight
        return torch.nn.functional.embedding(tokens, weight).float()


@functools.cache
def is_here() -> bool:
    """Whether this machine's torch sums bags of bytes, right and fast enough."""
    generator = torch.Generator().manual_seed(0)
    weight, x = torch.randn(1024, 256, generator=generator), torch.randn(1, 256, generator=generator)
    try:
        layer = Int8Linear(pack(weight), 256)
        found = layer(x)
    except (RuntimeError, AttributeError, NotImplementedError, TypeError):
        return False
    expected = x @ weight.T
    if (found - expected).norm() > TOLERANCE * expected.norm():
        return False
    numbers, matrix = x.numpy(), weight.T.contiguous().numpy()
    return quickest(lambda: layer.product(numbers)) <= SLOWEST * quickest(lambda: numbers @ matrix)


def quickest(work: Any) -> float:
    """Seconds of the best of a few runs."""
    found = []
    for _ in range(10):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def can_be_bytes(part: Any) -> bool:
    """Whether a layer can have a byte per weight."""
    return isinstance(part, nn.Linear) and width_of(part.out_features) > 0


def in_bytes(module: nn.Module) -> nn.Module:
    """A twin of `module` with bytes in its linear layers; shares the rest with it. Itself where that is not here."""
    if not is_here():
        return module
    twin = copy.copy(module)
    twin._modules = {}
    for name, part in module._modules.items():
        if isinstance(part, nn.Linear) and can_be_bytes(part):
            twin._modules[name] = Int8Linear(pack(part.weight.detach()), part.in_features, part.bias)
        else:
            twin._modules[name] = part and in_bytes(part)
    return twin
