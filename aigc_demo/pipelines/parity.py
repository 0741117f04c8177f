"""Our network and the library's side by side, layer by layer, with or without a classic mistake on our side."""

import copy
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.models.diffusion import Attention, UNet
from aigc_demo.models.gpt import GPT
from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.seq2seq import Seq2Seq
from aigc_demo.pipelines import convert, convert_gpt, convert_kl, convert_seq2seq

Model = UNet | KLAutoencoder | GPT | Seq2Seq
TOLERANCE = 1e-4  # absolute, in float32


@dataclass(frozen=True)
class LayerDifference:
    """How far two layers that should say the same are apart."""

    ours: str  # name of our layer
    theirs: str  # name of the library's
    maximum: float  # largest absolute difference
    mean: float  # mean absolute difference


@dataclass(frozen=True)
class Comparison:
    rows: tuple[LayerDifference, ...]  # in the order in which the layers ran
    first: int | None  # index of the first row over the tolerance


def twin_layers(model: Model) -> list[tuple[str, str]]:
    """Names of our layers and of their twins in the library."""
    if isinstance(model, GPT):
        return list(convert_gpt.layers(model.config))
    if isinstance(model, Seq2Seq):
        return list(convert_seq2seq.layers(model.config))
    return list(convert_kl.layers(model.config) if isinstance(model, KLAutoencoder) else convert.layers(model.config))


@torch.inference_mode()
def compare(ours: Model, theirs: nn.Module, *inputs: Tensor | None, tolerance: float = TOLERANCE) -> Comparison:
    """Run both on the same inputs and compare what every layer puts out.

    A U-Net gets x (B, C, H, W), t (B,), label (B,) or nothing. An autoencoder gets x alone: it encodes, and decodes the
    mean. A GPT gets tokens (B, T), an encoder-decoder those of both lines.
    """
    pairs = twin_layers(ours)
    heard = listen(ours, [name for name, _ in pairs], lambda: ours(*inputs))
    other = (inputs[0], None, inputs[1]) if isinstance(ours, Seq2Seq) else inputs  # the mask stands between the lines
    expected = listen(theirs, [name for _, name in pairs], lambda: theirs(*other))
    twins = dict(pairs)
    rows = []
    for name, output in heard.items():
        difference = (output.float() - expected[twins[name]].float()).abs()
        rows.append(LayerDifference(name, twins[name], difference.max().item(), difference.mean().item()))
    over = (i for i, row in enumerate(rows) if not row.maximum <= tolerance)
    return Comparison(tuple(rows), next(over, None))


def listen(module: nn.Module, names: list[str], run: Callable[[], object]) -> dict[str, Tensor]:
    """Output of each named layer while `run()` goes on, in the order in which they come. The module stays as it was."""
    heard: dict[str, Tensor] = {}
    with ExitStack() as hooks:
        for name in names:

            def keep(_module: nn.Module, _inputs: Any, output: Any, name: str = name) -> None:
                heard[name] = output[0] if isinstance(output, tuple) else output  # beside attention weights, say

            hooks.callback(module.get_submodule(name).register_forward_hook(keep).remove)
        run()
    return heard


def timestep_off_by_one(model: UNet) -> None:
    """Tell the network that the picture is one level noisier than it is."""
    model.register_forward_pre_hook(lambda _module, inputs: (inputs[0], inputs[1] + 1, *inputs[2:]))


def wrong_scaling(model: UNet) -> None:
    """Divide the attention's products by the width of a head, where its square root belongs."""
    for layer in model.modules():
        if isinstance(layer, Attention):
            width = layer.out.in_features
            for tensor in (layer.qkv.weight, layer.qkv.bias):
                tensor.data[:width] *= (width // layer.heads) ** -0.5


def no_time_embedding(model: UNet) -> None:
    """Forget to add the time embedding in the residual blocks."""
    for tensor in model.biases.parameters():
        tensor.data.zero_()


def classes_shifted(model: UNet) -> None:
    """Count the classes from one, where they are counted from zero."""
    if model.label is not None:
        model.label.weight.data.copy_(model.label.weight.data.roll(-1, dims=0))


MISTAKES: dict[str, Callable[[UNet], None]] = {
    "timestep_off_by_one": timestep_off_by_one,
    "wrong_scaling": wrong_scaling,
    "no_time_embedding": no_time_embedding,
    "classes_shifted": classes_shifted,
}


def with_mistake(model: UNet, mistake: str) -> UNet:
    """A copy of `model` that makes the mistake; the model itself stays right."""
    wrong = copy.deepcopy(model)
    MISTAKES[mistake](wrong)
    return wrong
