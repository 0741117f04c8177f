"""Weights of one network in our form and in a library's: every tensor of ours is one of theirs, or several stacked."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)
Names = tuple[str, ...]
Layers = Iterable[tuple[str, str]]  # names of our layers and of the library's

# parts of a layer whose names differ; all others are called the same on both sides
PARTS: dict[str, Names] = {
    "0": ("linear_1",),
    "2": ("linear_2",),
    "shortcut": ("conv_shortcut",),
    "norm": ("group_norm",),
    "qkv": ("to_q", "to_k", "to_v"),
    "out": ("to_out.0",),
}


def tensor_names(model: nn.Module, layers: Layers) -> dict[str, Names]:
    """Name of each of our tensors in `layers` -> names of the library's tensors that it stacks."""
    names: dict[str, Names] = {}
    for ours, theirs in layers:
        for tensor in model.get_submodule(ours).state_dict():
            part, _, kind = tensor.rpartition(".")
            modules = [f"{theirs}.{module}" for module in PARTS.get(part, (part,))] if part else [theirs]
            names[f"{ours}.{tensor}"] = tuple(f"{module}.{kind}" for module in modules)
    return names


def stacked_names(stacks: Iterable[tuple[str, Names]], bare: set[str]) -> dict[str, Names]:
    """Name of each tensor of the layers in `stacks` -> names of those it stacks; layers in `bare` have no bias."""
    return {
        f"{ours}.{kind}": tuple(f"{name}.{kind}" for name in theirs)
        for ours, theirs in stacks
        for kind in (("weight",) if ours in bare else ("weight", "bias"))
    }


def stacked(read: Callable[[str], Tensor], names: Mapping[str, Names], transposed: Names = ()) -> dict[str, Tensor]:
    """Our tensors, copied, out of the library's, which `read` gives by name.

    Matrices whose names end in one of `transposed` are stored as (in, out) by the library.
    """
    return {
        ours: torch.cat(
            [read(name).detach().T if name.endswith(transposed) else read(name).detach() for name in theirs]
        )
        for ours, theirs in names.items()
    }


def split(
    ours: Mapping[str, Tensor], sizes: Mapping[str, torch.Size], names: Mapping[str, Names], transposed: Names = ()
) -> dict[str, Tensor]:
    """The library's tensors, copied, out of ours; `sizes` are the shapes that the library stores."""
    theirs: dict[str, Tensor] = {}
    for name, parts in names.items():
        rows = [sizes[part][1 if part.endswith(transposed) else 0] for part in parts]
        for part, piece in zip(parts, torch.split(ours[name].detach(), rows), strict=True):
            theirs[part] = (
                piece.T.clone(memory_format=torch.contiguous_format) if part.endswith(transposed) else piece.clone()
            )
    return theirs


def shapes(module: nn.Module) -> dict[str, torch.Size]:
    """Name -> shape of every tensor."""
    return {name: tensor.shape for name, tensor in module.state_dict().items()}


def filled(network: M, tensors: Mapping[str, Tensor]) -> M:
    """`network` with these tensors as its weights, in eval mode."""
    network.load_state_dict(tensors, strict=True, assign=True)
    return network.eval().requires_grad_(False)


def give(model: nn.Module, module: M, names: Mapping[str, Names]) -> M:
    """The library's `module` with copies of our weights, in eval mode."""
    return filled(module, split(model.state_dict(), shapes(module), names))


def take(model: M, module: Any, names: Mapping[str, Names]) -> M:
    """Our `model` with copies of the library's weights, in eval mode."""
    return filled(model, stacked(module.state_dict().__getitem__, names))
