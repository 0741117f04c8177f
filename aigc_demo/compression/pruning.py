"""Weights left out by magnitude: single ones, which become zeros, or whole channels, which are gone.

Unstructured: in every matrix the share of weights with the least |w| is set to 0. Han et al., 2015 (arXiv:1506.02626).

Structured: channels that are computed between two layers are removed from both, those with the least norm first.
Li et al., 2017 (arXiv:1608.08710) for convolutions; Xia et al., 2022 (arXiv:2204.00408) for the MLPs of a Transformer.

    GPT          hidden units of every MLP: rows of `up` (gate and value), columns of `down`
    Judge        feature maps of every convolution, and what the next layer reads of them
    U-Net        feature maps between the two convolutions of every residual block, the same number in every group of
                 the normalisation

Nothing is trained afterwards.
"""

import copy
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.compression.rounding import matrices
from aigc_demo.models.diffusion import DiffusionModel
from aigc_demo.models.gpt import GPT
from aigc_demo.models.judge import Judge
from aigc_demo.nn.blocks import ResidualBlock


@torch.no_grad()
def without_weights(model: nn.Module, share: float) -> nn.Module:
    """A copy of `model` with the `share`, 0 to 1, of the least weights of every matrix set to 0."""
    twin = copy.deepcopy(model)
    for _, weight in matrices(twin):
        size = weight.abs().flatten()
        count = round(share * len(size))
        if count:
            weight.masked_fill_(weight.abs() <= size.kthvalue(count).values, 0)
    return twin


def without_channels(model: nn.Module, share: float) -> nn.Module:
    """A smaller network: `model` without the `share`, 0 to 1, of its channels with the least norm; one stays."""
    if isinstance(model, GPT):
        return narrow_gpt(model, share)
    if isinstance(model, Judge):
        return narrow_judge(model, share)
    if isinstance(model, DiffusionModel):
        return narrow_unet(model, share)
    raise TypeError(f"channels of a {type(model).__name__} cannot be removed")


def kept(count: int, share: float) -> int:
    """How many of `count` channels stay."""
    return max(1, round(count * (1 - share)))


def largest(norms: Tensor, count: int) -> Tensor:
    """Places of the `count` largest of norms (N,), in order (count,)."""
    return norms.topk(count).indices.sort().values


@torch.no_grad()
def narrow_gpt(model: GPT, share: float) -> GPT:
    """A GPT with fewer hidden units in its MLPs."""
    hidden, gated = model.config.hidden, model.config.form == "llama"
    count = kept(hidden, share)
    tensors = dict(model.state_dict())
    for layer in range(model.config.n_layer):
        up, down = (f"blocks.{layer}.mlp.{name}" for name in ("up", "down"))
        rows = tensors[f"{up}.weight"].view(2 if gated else 1, hidden, -1)
        units = largest(rows.square().sum((0, 2)).sqrt() * tensors[f"{down}.weight"].norm(dim=0), count)
        for name in [name for name in tensors if name.startswith(f"{up}.")]:
            tensors[name] = tensors[name].view(rows.shape[0], hidden, -1)[:, units].flatten(0, 1)
            tensors[name] = tensors[name] if name.endswith("weight") else tensors[name].flatten()
        tensors[f"{down}.weight"] = tensors[f"{down}.weight"][:, units]
    return filled(GPT(replace(model.config, hidden=count)), tensors)


@torch.no_grad()
def narrow_judge(model: Judge, share: float) -> Judge:
    """A judge with fewer feature maps in every convolution."""
    width = kept(model.config.width, share)
    tensors = dict(model.state_dict())
    read = torch.arange(model.config.channels)  # what is left of what a layer reads
    for place, times in enumerate((1, 1, 2, 2, 4, 4)):
        weight = tensors[f"body.{place}.0.weight"][:, read]
        read = largest(weight.flatten(1).norm(dim=1), times * width)
        tensors[f"body.{place}.0.weight"] = weight[read]
        for name in ("weight", "bias", "running_mean", "running_var"):
            tensors[f"body.{place}.1.{name}"] = tensors[f"body.{place}.1.{name}"][read]
    tensors["head.weight"] = tensors["head.weight"][:, read]
    return filled(Judge(replace(model.config, width=width)), tensors)


@torch.no_grad()
def narrow_unet(model: DiffusionModel, share: float) -> DiffusionModel:
    """A U-Net whose residual blocks have fewer feature maps between their convolutions."""
    twin = copy.deepcopy(model)
    unet, start, rows = twin.unet, 0, []
    for block in unet.residual_blocks():
        maps = inner_maps(block, share)
        rows.append(start + maps)
        start += block.conv1.out_channels
        narrow_block(block, maps)
    unet.bias_widths = [len(maps) for maps in rows]
    unet.biases = linear(unet.biases, torch.cat(rows))
    return twin


def inner_maps(block: ResidualBlock, share: float) -> Tensor:
    """Feature maps between both convolutions that stay, as many in every group."""
    groups = block.norm2.num_groups
    norms = block.conv1.weight.flatten(1).norm(dim=1) * block.conv2.weight.transpose(0, 1).flatten(1).norm(dim=1)
    by_group = norms.view(groups, -1)
    size = by_group.shape[1]
    places = by_group.topk(kept(size, share), dim=1).indices + size * torch.arange(groups)[:, None]
    return places.flatten().sort().values


def narrow_block(block: Any, maps: Tensor) -> None:
    """Keep these feature maps between both convolutions of a residual block."""
    count = len(maps)
    one, two, norm = block.conv1, block.conv2, block.norm2
    block.conv1 = convolution(one.weight[maps], one.bias[maps])
    block.conv2 = convolution(two.weight[:, maps], two.bias)
    narrow = type(norm)(norm.num_groups, count, norm.eps)
    block.norm2 = filled(narrow, {"weight": norm.weight[maps], "bias": norm.bias[maps]})


def convolution(weight: Tensor, bias: Tensor) -> nn.Conv2d:
    """A convolution of size 3 with weight (O, I, 3, 3) and bias (O,)."""
    made = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
    return filled(made, {"weight": weight, "bias": bias}).to(memory_format=torch.channels_last)


def linear(layer: nn.Linear, rows: Tensor) -> nn.Linear:
    """A linear layer with these outputs only."""
    made = nn.Linear(layer.in_features, len(rows))
    return filled(made, {"weight": layer.weight[rows], "bias": layer.bias[rows]})


def filled(module: Any, tensors: dict[str, Tensor]) -> Any:
    """`module` with these tensors, in eval mode, where nothing is trained."""
    module.load_state_dict(tensors)
    return module.eval().requires_grad_(False)
