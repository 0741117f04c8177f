"""Linear layers with a byte per weight, for networks whose speed is that of the memory: one token at a time.

A weight is round(w / s) with s = max|w| / 127 of its row. Which arithmetic does the rest depends on the machine and on
the release of torch; each way below is tried once, on small numbers whose product is known, and taken where it is
right. A layer for which none is, or whose rows do not divide by 16, keeps its float32 weights.

    dynamic       inputs become bytes too, a scale for each call; exact sums in int32. The fastest way here. Torch means
                  to replace these operators one day, then the other way is taken.
    weights       bytes become bfloat16 on the way to the product, inputs too; more exact, about half as fast

Inputs lose most where a few numbers are far larger than all others (Dettmers et al., 2022, arXiv:2208.07339). That is
so in the layers of CAREFUL, and among many tokens that share a scale: both go by "weights".

I numbers in, O numbers out.
"""

import copy
import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LARGEST = 127
TOLERANCE = 0.03  # of the product's size that a way may be off
WHOLE = 16  # torch reads rows in pieces of so many bytes, and past the end of a row that does not divide


@dataclass(frozen=True)
class Way:
    """How to multiply by bytes."""

    name: str
    pack: Callable[[Tensor, Tensor], Any]  # bytes (O, I) and scales (O,) -> what `multiply` wants
    multiply: Callable[[Tensor, Any], Tensor]  # x (..., I) float32 -> (..., O) float32


def to_bytes(weight: Tensor) -> tuple[Tensor, Tensor]:
    """weight (O, I) -> int8 (O, I) and the scale of each row (O,)."""
    scale = (weight.abs().amax(1) / LARGEST).clamp_min(1e-12)
    return (weight / scale[:, None]).round().clamp(-LARGEST, LARGEST).to(torch.int8).contiguous(), scale


def pack_dynamic(weight: Tensor, scale: Tensor) -> Any:
    """For `linear_dynamic`."""
    zeros = torch.zeros(len(scale), dtype=torch.long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it will be replaced
        rows = torch._make_per_channel_quantized_tensor(weight, scale.double(), zeros, 0)
        return torch.ops.quantized.linear_prepack(rows, None)


def multiply_dynamic(x: Tensor, packed: Any) -> Tensor:
    """Where the CPU adds pairs of products in 16 bits, inputs have 7 bits, so that no sum is too large."""
    return torch.ops.quantized.linear_dynamic(x, packed, not wide_sums())


@functools.cache
def wide_sums() -> bool:
    """Whether the CPU adds products of bytes in 32 bits (VNNI)."""
    known = getattr(torch.cpu, "_is_vnni_supported", None)
    return bool(known()) if known else False


def pack_weights(weight: Tensor, scale: Tensor) -> Any:
    """For `_weight_int8pack_mm`."""
    return weight.contiguous(), scale.bfloat16()


def multiply_weights(x: Tensor, packed: Any) -> Tensor:
    """In bfloat16."""
    rows = x.reshape(-1, x.shape[-1]).bfloat16()
    return torch._weight_int8pack_mm(rows, *packed).float().view(*x.shape[:-1], -1)


DYNAMIC = Way("dynamic", pack_dynamic, multiply_dynamic)
WEIGHTS = Way("weights", pack_weights, multiply_weights)
CAREFUL = ("qkv", "out", "down")  # names of layers whose inputs stay as exact as bfloat16


@functools.cache
def is_right(way: Way) -> bool:
    """Whether it works here, and gives what it should."""
    generator = torch.Generator().manual_seed(0)
    weight, x = torch.randn(96, 64, generator=generator), torch.randn(3, 64, generator=generator)
    try:
        with torch.inference_mode():
            found = way.multiply(x, way.pack(*to_bytes(weight)))
    except (RuntimeError, AttributeError, NotImplementedError, TypeError):
        return False
    expected = x @ weight.T
    return found.shape == expected.shape and bool((found - expected).norm() <= TOLERANCE * expected.norm())


@dataclass(frozen=True)
class Ways:
    """What is taken for one token in a layer that need not be careful, and for everything else; None: float32."""

    quick: Way | None
    exact: Way | None


def ways_here() -> Ways:
    """What is right on this machine."""
    exact = WEIGHTS if is_right(WEIGHTS) else None
    return Ways(DYNAMIC if is_right(DYNAMIC) else exact, exact)


class Int8Linear(nn.Module):
    """What an nn.Linear computes, from a byte per weight."""

    def __init__(self, linear: nn.Linear, ways: Ways):
        super().__init__()
        self.ways = ways
        self.in_features, self.out_features = linear.in_features, linear.out_features
        weight, scale = to_bytes(linear.weight.detach().float())
        self.exact = ways.exact.pack(weight, scale) if ways.exact else None
        self.quick = self.exact if ways.quick is ways.exact else ways.quick and ways.quick.pack(weight, scale)
        self.bias = linear.bias
        self.plain = linear.weight if ways.exact is None else None

    def forward(self, x: Tensor) -> Tensor:
        """x (..., I) -> (..., O)."""
        if self.ways.quick is not None and x.numel() == self.in_features:
            y = self.ways.quick.multiply(x, self.quick)
        elif self.ways.exact is not None:
            y = self.ways.exact.multiply(x, self.exact)
        else:
            y = F.linear(x, self.plain)  # type: ignore[arg-type]
        return y if self.bias is None else y + self.bias


def in_bytes(module: nn.Module, ways: Ways | None = None) -> nn.Module:
    """A twin of `module` with bytes in its linear layers; shares the rest with it. Itself where no way is right."""
    ways = ways or ways_here()
    if ways.quick is None:
        return module
    twin = copy.copy(module)
    twin._modules = {}
    for name, part in module._modules.items():
        if isinstance(part, nn.Linear) and part.in_features % WHOLE == 0:
            chosen = Ways(ways.exact, ways.exact) if name in CAREFUL else ways
            twin._modules[name] = Int8Linear(part, chosen) if chosen.quick else part
        else:
            twin._modules[name] = part and in_bytes(part, ways)
    return twin
