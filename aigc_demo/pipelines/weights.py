"""Weights of one network as those of its twin: every tensor of ours is one of the library's, or several stacked."""

from collections.abc import Iterable
from typing import Any, TypeVar

import torch
from torch import nn

M = TypeVar("M", bound=nn.Module)
Names = tuple[str, ...]
Layers = Iterable[tuple[str, str]]  # names of our layers and of their twins

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
    found: dict[str, Names] = {}
    for ours, theirs in layers:
        for tensor in model.get_submodule(ours).state_dict():
            part, _, kind = tensor.rpartition(".")
            twins = [f"{theirs}.{twin}" for twin in PARTS.get(part, (part,))] if part else [theirs]
            found[f"{ours}.{tensor}"] = tuple(f"{twin}.{kind}" for twin in twins)
    return found


def give(model: nn.Module, module: M, names: dict[str, Names]) -> M:
    """The library's `module` with copies of our weights, in eval mode."""
    ours, theirs = model.state_dict(), {}
    sizes = {name: len(tensor) for name, tensor in module.state_dict().items()}
    for name, twins in names.items():
        pieces = torch.split(ours[name].detach(), [sizes[twin] for twin in twins])
        theirs.update({twin: piece.clone() for twin, piece in zip(twins, pieces, strict=True)})
    module.load_state_dict(theirs, strict=True, assign=True)
    return module.eval().requires_grad_(False)


def take(model: M, module: Any, names: dict[str, Names]) -> M:
    """Our `model` with copies of the library's weights, in eval mode."""
    theirs = module.state_dict()
    ours = {name: torch.cat([theirs[twin].detach() for twin in twins]) for name, twins in names.items()}
    model.load_state_dict(ours, strict=True, assign=True)
    return model.eval().requires_grad_(False)
