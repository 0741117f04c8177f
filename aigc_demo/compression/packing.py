"""Compressed networks as safetensors: what a file holds of every tensor, and so how large it is.

    with_bits    bits < 16: "<name>" codes, packed to bytes, "<name>.scale" float16, "<name>.zero" uint8; else floats
    pruned       "<name>.mask" a bit per weight, "<name>" the weights that are not 0, float16; whole where that is less

Vectors are float16 unless all weights have 32 bits; counters stay. `unpacked` reads a file of either kind back.

O output channels, I weights of a channel.
"""

import json
import math
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from aigc_demo.compression.rounding import HALF, WHOLE, grid_of, matrices

Tensors = dict[str, Tensor]
PIECE = 2**20  # codes that are packed at a time, whole bytes of them: a bit takes a byte until then


def own(model: nn.Module) -> Tensors:
    """Name -> tensor; those that stand in two places under the first of their names only."""
    found: dict[int, tuple[str, Tensor]] = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        found.setdefault(id(tensor), (name, tensor.detach()))
    return dict(found.values())


def to_bits(codes: Tensor, bits: int) -> Tensor:
    """codes (N,) below 2^bits -> bytes (N * bits / 8 rounded up,), the lowest bit of the first code first."""
    numbers, places = codes.to(torch.uint8).numpy(), np.arange(bits, dtype=np.uint8)
    pieces = (numbers[start : start + PIECE, None] >> places & 1 for start in range(0, len(numbers), PIECE))
    packed = [np.packbits(piece.ravel(), bitorder="little") for piece in pieces]
    return torch.from_numpy(np.concatenate(packed) if packed else np.zeros(0, np.uint8))


def from_bits(packed: Tensor, count: int, bits: int) -> Tensor:
    """The inverse of `to_bits`, for `count` codes (N,)."""
    table = np.unpackbits(packed.numpy(), count=count * bits, bitorder="little").reshape(count, bits)
    return torch.from_numpy((table << np.arange(bits, dtype=np.uint8)).sum(1, dtype=np.uint8))


def of_bits(model: nn.Module, bits: int, per_channel: bool = True) -> tuple[Tensors, dict[str, str]]:
    """Tensors and header of a network with so many bits a weight."""
    tensors, weights = own(model), dict(matrices(model))
    if bits >= HALF:
        kind = torch.float32 if bits == WHOLE else torch.float16
        return {name: as_type(tensor, kind) for name, tensor in tensors.items()}, header(model, bits, {})
    found: Tensors = {}
    for name, tensor in tensors.items():
        if name not in weights:
            found[name] = as_type(tensor, torch.float16)
            continue
        rows = tensor.flatten(1)
        grid = grid_of(rows, bits, per_channel)
        found[name] = to_bits(grid.codes(rows).flatten(), bits)
        found[f"{name}.scale"], found[f"{name}.zero"] = grid.scale.half(), grid.zero.to(torch.uint8)
    return found, header(model, bits, {name: list(weight.shape) for name, weight in weights.items()})


def of_pruned(model: nn.Module) -> tuple[Tensors, dict[str, str]]:
    """Tensors and header of a network with zeros in it, in half precision."""
    weights, found, shapes = dict(matrices(model)), Tensors(), {}
    for name, tensor in own(model).items():
        there = tensor != 0
        if name in weights and is_sparse(int(there.sum()), there.numel()):
            found[f"{name}.mask"] = to_bits(there.flatten(), 1)
            found[name], shapes[name] = tensor[there].half(), list(tensor.shape)
        else:
            found[name] = as_type(tensor, torch.float16)
    return found, header(model, HALF, shapes)


def pruned_size(model: nn.Module) -> int:
    """What `size` of `of_pruned` is, without packing anything."""
    weights, total = dict(matrices(model)), 0
    for name, tensor in own(model).items():
        count, whole = int(tensor.count_nonzero()), tensor.numel()
        if name in weights and is_sparse(count, whole):
            total += math.ceil(whole / 8) + 2 * count
        else:
            total += whole * (2 if tensor.is_floating_point() else tensor.element_size())
    return total


def is_sparse(count: int, total: int) -> bool:
    """Whether a mask and `count` weights take less room than all `total` of them."""
    return 2 * count + math.ceil(total / 8) < 2 * total


def as_type(tensor: Tensor, kind: torch.dtype) -> Tensor:
    """Floats as `kind`, counters as they are."""
    return (tensor.to(kind) if tensor.is_floating_point() else tensor).contiguous()


def header(model: nn.Module, bits: int, shapes: dict[str, Any]) -> dict[str, str]:
    """What the file says of itself: class, bits, shapes of what is packed."""
    return {"model": type(model).__name__, "bits": str(bits), "shapes": json.dumps(shapes)}


def size(tensors: Tensors) -> int:
    """Bytes of all tensors; a file has a header of a few kB beside them."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


def bits_size(model: nn.Module, bits: int, per_channel: bool = True) -> int:
    """What `size` of `of_bits` is, without packing anything."""
    weights = {id(weight) for _, weight in matrices(model)}
    total = 0
    for tensor in {id(tensor): tensor for tensor in model.state_dict(keep_vars=True).values()}.values():
        if id(tensor) in weights and bits < HALF:
            total += math.ceil(tensor.numel() * bits / 8) + 3 * (len(tensor) if per_channel else 1)
        elif tensor.is_floating_point():
            total += tensor.numel() * (4 if bits == WHOLE else 2)
        else:
            total += tensor.numel() * tensor.element_size()
    return total


def file_of(tensors: Tensors, told: dict[str, str]) -> bytes:
    """The bytes of a safetensors file with these tensors and this header."""
    written: bytes = save({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata=told)
    return written


def unpacked(path: str) -> Tensors:
    """Name -> tensor, float32, of a file that `file_of` wrote."""
    with safe_open(path, framework="pt") as file:
        told = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    shapes: dict[str, list[int]] = json.loads(told["shapes"])
    extra = {f"{name}.{end}" for name in shapes for end in ("scale", "zero", "mask")}
    found = {name: tensor for name, tensor in tensors.items() if name not in extra}
    for name, shape in shapes.items():
        count = math.prod(shape)
        if f"{name}.mask" in tensors:
            whole = torch.zeros(count)
            whole[from_bits(tensors[f"{name}.mask"], count, 1).bool()] = tensors[name].float()
        else:
            codes = from_bits(tensors[name], count, int(told["bits"])).float().view(shape[0], -1)
            whole = (codes - tensors[f"{name}.zero"].float()) * tensors[f"{name}.scale"].float()
        found[name] = whole.view(shape)
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in found.items()}
