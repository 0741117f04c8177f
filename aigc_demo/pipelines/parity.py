"""Our network and the library's with the same weights, compared layer by layer."""

import copy
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from aigc_demo.pipelines.convert import pair_of

M = TypeVar("M", bound=nn.Module)
TOLERANCE = 1e-4  # in float32, of the largest output up to the layer, at least of 1


Figures = tuple[tuple[str, str, float, float], ...]  # our name, theirs, largest and mean absolute difference


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

    @property
    def figures(self) -> Figures:
        """The rows as tuples, as results keep them and pages show them."""
        return tuple((row.ours, row.theirs, row.maximum, row.mean) for row in self.rows)


@torch.inference_mode()
def compare(ours: nn.Module, theirs: nn.Module, *inputs: Tensor | None, tolerance: float = TOLERANCE) -> Comparison:
    """Run both on the same inputs and compare the outputs of all layers.

    `inputs` are what our forward takes: x (B, C, H, W), t (B,), label (B,) or None for a U-Net, x alone for an
    autoencoder, which decodes the mean, tokens (B, T) for a GPT, those of both lines for an encoder-decoder.
    """
    pair = pair_of(ours)
    names = dict(pair.layers(ours))
    our_outputs = outputs(ours, list(names), lambda: ours(*inputs))
    their_outputs = outputs(theirs, list(names.values()), lambda: theirs(*pair.library_inputs(*inputs)))
    rows, sizes = [], list[float]()
    for name, output in our_outputs.items():
        theirs_output = their_outputs[names[name]].float()
        difference = (output.float() - theirs_output).abs()
        rows.append(LayerDifference(name, names[name], difference.max().item(), difference.mean().item()))
        sizes.append(max(sizes[-1] if sizes else 1.0, theirs_output.abs().max().item()))  # rounding is carried on
    over = (i for i, row in enumerate(rows) if not row.maximum <= tolerance * sizes[i])
    return Comparison(tuple(rows), next(over, None))


def outputs(module: nn.Module, names: list[str], run: Callable[[], object]) -> dict[str, Tensor]:
    """Output of each named layer during `run()`, in the order in which they ran; the module is left as it was."""
    found: dict[str, Tensor] = {}
    with ExitStack() as hooks:
        for name in names:

            def keep(_module: nn.Module, _inputs: Any, output: Any, name: str = name) -> None:
                found[name] = output[0] if isinstance(output, tuple) else output  # without attention weights, say

            hooks.callback(module.get_submodule(name).register_forward_hook(keep).remove)
        run()
    return found


def with_mistake(model: M, mistake: str) -> M:
    """A copy of `model` with one of the mistakes of its pair; KeyError for an unknown one. `model` stays right."""
    wrong = copy.deepcopy(model)
    pair_of(model).mistakes[mistake](wrong)
    return wrong
