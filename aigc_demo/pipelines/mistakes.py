"""Classic mistakes in a GPT, each in a copy of the model: what `parity.compare` must point at.

Some are harmless in one form: `UNHEARD` names them. Turned positions (RoPE) only ever show as differences, so that it
does not matter where counting begins; learned positions are not turned at all.
"""

import copy
from collections.abc import Callable
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.models.gpt import GPT, Attention, KVCache, rotary_table

UNHEARD = {("llama", "positions_shifted"), ("gpt2", "rope_pairs")}  # form, mistake that changes nothing in it


class Unmasked(Attention):
    """Looks into the future while it reads a prompt."""

    def forward(self, x: Tensor, rotary: Tensor | None, cache: KVCache | None = None, layer: int = 0) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        q, k, v = self.split(x, rotary)
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        k, v = (part.repeat_interleave(self.config.n_head // self.config.n_kv_head, dim=1) for part in (k, v))
        y = F.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).flatten(2))


def untied_head(model: GPT) -> None:
    """Forget that the head is the embedding: it stays as random as it was made."""
    weight = torch.empty_like(model.head.weight)
    nn.init.normal_(weight, std=0.02, generator=torch.Generator().manual_seed(0))
    model.head.weight = nn.Parameter(weight, requires_grad=False)


def positions_shifted(model: GPT) -> None:
    """Count positions from one, where they are counted from zero."""
    if model.config.form == "gpt2":
        model.positions.weight.data.copy_(model.positions.weight.data.roll(-1, dims=0))
    else:
        model.rotary = rotary_table(replace(model.config, context=model.config.context + 1))[:, 1:].to(model.rotary)


def no_causal_mask(model: GPT) -> None:
    """Let every position see those after it."""
    for layer in model.modules():
        if isinstance(layer, Attention):
            layer.__class__ = Unmasked


def wrong_scaling(model: GPT) -> None:
    """Divide the products of queries and keys by the width of a head, where its square root belongs."""
    for layer in model.modules():
        if isinstance(layer, Attention):
            for tensor in layer.qkv.parameters():
                tensor.data[: layer.sizes[0]] *= layer.config.head_width**-0.5


def rope_pairs(model: GPT) -> None:
    """Take weights whose pairs are neighbours, 2i and 2i + 1, for weights whose pairs are i and i + E/2."""
    if model.config.form == "gpt2":
        return
    for layer in model.modules():
        if isinstance(layer, Attention):
            rows = sum(layer.sizes[:2])
            for tensor in layer.qkv.parameters():
                heads = tensor.data[:rows].view(-1, layer.config.head_width // 2, 2, *tensor.shape[1:])
                tensor.data[:rows] = heads.transpose(1, 2).flatten(0, 2)


MISTAKES: dict[str, Callable[[GPT], None]] = {
    "untied_head": untied_head,
    "positions_shifted": positions_shifted,
    "no_causal_mask": no_causal_mask,
    "wrong_scaling": wrong_scaling,
    "rope_pairs": rope_pairs,
}


def with_mistake(model: GPT, mistake: str) -> GPT:
    """A copy of `model` that makes the mistake; the model itself stays right."""
    wrong = copy.deepcopy(model)
    MISTAKES[mistake](wrong)
    return wrong
