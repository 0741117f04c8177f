"""GPTQ: weights are rounded one column after the other, and those still to come make up for the error.

Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers", 2022
(arXiv:2210.17323), algorithm 1, without its blocks of columns, which only make it faster on a GPU. The columns go by
the size of their inputs, the largest first ("act-order" of the authors' code).

A layer y = W x sees inputs x (I,). What is to stay small is E ||W x - W' x||^2 = tr((W - W') H (W - W')'), H = E x x'.
With U the upper Cholesky factor of H^-1, column i is rounded, and its error e = (w_i - q_i) / U_ii is taken from the
later columns: W[:, i+1:] -= e U[i, i+1:].

O outputs, I inputs, N tokens, T tokens of a text, D width.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.compression.rounding import grid_of
from aigc_demo.models.gpt import GPT

DAMPING = 0.01  # of the mean of H's diagonal, added to it (section 3.3)


@dataclass(frozen=True)
class LayerErrors:
    """Relative error of a layer's outputs, ||W x - W' x|| / ||W x|| over the calibration texts."""

    name: str
    nearest: float
    gptq: float


def quantised(weight: Tensor, hessian: Tensor, bits: int) -> Tensor:
    """weight (O, I), hessian (I, I) -> the weights on their rows' grids, chosen for the least error of outputs."""
    order = hessian.diagonal().argsort(descending=True)
    rows, grid = weight[:, order].clone(), grid_of(weight, bits)
    h = hessian[order][:, order].clone()
    h.diagonal().add_(DAMPING * h.diagonal().mean().clamp_min(1e-8))
    upper = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(h)), upper=True)
    found = torch.empty_like(rows)
    for i in range(rows.shape[1]):
        column = rows[:, i : i + 1]
        found[:, i : i + 1] = nearest = grid.nearest(column)
        rows[:, i + 1 :].addmm_((column - nearest) / upper[i, i], upper[i : i + 1, i + 1 :], alpha=-1)
    return found[:, order.argsort()]


def output_error(weight: Tensor, other: Tensor, hessian: Tensor) -> float:
    """||W x - W' x|| / ||W x|| over the inputs behind `hessian`."""
    gap = weight - other
    return float((((gap @ hessian) * gap).sum() / ((weight @ hessian) * weight).sum()).sqrt())


def hessians(block: nn.Module, x: Tensor, rotary: Tensor | None) -> dict[str, Tensor]:
    """Name of every linear layer of a block -> mean of x x' (I, I) over its inputs, for a stream x (B, T, D)."""
    found: dict[str, Tensor] = {}

    def listen(name: str) -> Any:
        def hook(layer: nn.Module, given: tuple[Tensor, ...]) -> None:
            rows = given[0].flatten(0, -2)
            found[name] = rows.T @ rows / len(rows)

        return hook

    layers = [(name, part) for name, part in block.named_modules() if isinstance(part, nn.Linear)]
    hooks = [layer.register_forward_pre_hook(listen(name)) for name, layer in layers]
    try:
        block(x, rotary)
    finally:
        for hook in hooks:
            hook.remove()
    return found


@torch.no_grad()
def layer_by_layer(model: GPT, tokens: Tensor, bits: int) -> Iterator[tuple[GPT, list[LayerErrors]]]:
    """A copy of `model` after every block that was rounded, and how far the outputs of the block's layers are off.

    tokens (B, T): calibration texts, such as the model was trained on. Every block sees what the rounded blocks before
    it give. Embedding and head stay as they are, as in the paper.
    """
    twin = copy.deepcopy(model)
    x, rotary = twin.embed_tokens(tokens, 0)
    blocks: Any = twin.blocks
    for place, block in enumerate(blocks):
        seen, errors = hessians(block, x, rotary), []
        for name, hessian in seen.items():
            weight = block.get_submodule(name).weight
            made, nearest = quantised(weight, hessian, bits), grid_of(weight, bits).nearest(weight)
            gaps = (output_error(weight, other, hessian) for other in (nearest, made))
            errors.append(LayerErrors(f"blocks.{place}.{name}", *gaps))
            weight.copy_(made)
        x = block(x, rotary)
        yield twin, errors


@torch.no_grad()
def nearest_blocks(model: GPT, bits: int) -> GPT:
    """A copy of `model` with the same layers rounded to nearest, for comparison."""
    twin = copy.deepcopy(model)
    for part in twin.blocks.modules():
        if isinstance(part, nn.Linear):
            part.weight.copy_(grid_of(part.weight, bits).nearest(part.weight))
    return twin
