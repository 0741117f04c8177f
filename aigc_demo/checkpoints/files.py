"""The file of a checkpoint: safetensors, the config as JSON in its header.

Saved as int8, a matrix takes a byte per weight: round(w / s), where s = max|w| / 127 of its row is kept beside it as
"<name>.scale". Vectors stay in float16.
"""

import dataclasses
import json
import os
import typing
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


SCALE = ".scale"


def packed(name: str, tensor: Tensor, dtype: torch.dtype) -> dict[str, Tensor]:
    """What is written of a tensor: itself as `dtype`, or a matrix as int8 and the scale of its rows."""
    if not tensor.is_floating_point():
        return {name: tensor}
    if dtype != torch.int8:
        return {name: tensor.to(dtype)}
    if tensor.ndim < 2:
        return {name: tensor.half()}
    scale = (tensor.float().flatten(1).abs().amax(1) / 127).clamp_min(2.0**-24).half()  # (rows,)
    rows = scale.float().view(-1, *[1] * (tensor.ndim - 1))
    return {name: (tensor.float() / rows).round().clamp(-127, 127).to(torch.int8), name + SCALE: scale}


def unpacked(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as `save` was given them, to the precision that was kept."""
    found = {}
    for name, tensor in tensors.items():
        scale = tensors.get(name + SCALE)
        if scale is not None:
            found[name] = tensor.float() * scale.float().view(-1, *[1] * (tensor.ndim - 1))
        elif not (name.endswith(SCALE) and name.removesuffix(SCALE) in tensors):
            found[name] = tensor
    return found


def save(model: nn.Module, path: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write `model` with its config to `path`, weights as `dtype`, counters as they are; readable by everyone.

    Weights that the model uses in two places are written once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    config: Any = model.config
    tensors: dict[str, Tensor] = {}
    for name, tensor in own(model).items():
        pieces = packed(name, tensor.detach().to("cpu"), dtype)
        tensors.update({piece: value.contiguous() for piece, value in pieces.items()})
    unfinished = path.with_suffix(".new")
    save_file(tensors, unfinished, metadata={"config": json.dumps(dataclasses.asdict(config))})
    os.chmod(unfinished, 0o644)  # safetensors writes 0600, which another user of the container cannot read
    unfinished.replace(path)  # so that nobody ever reads half a file


def own(model: nn.Module) -> dict[str, Tensor]:
    """Name -> tensor, those that stand in two places under the first of their names only."""
    found: dict[int, tuple[str, Tensor]] = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        found.setdefault(id(tensor), (name, tensor))
    return dict(found.values())


def read_config(path: Path, config_class: type[Any]) -> Any:
    """The config dataclass in the header of the file."""
    with safe_open(path, framework="pt") as file:
        return from_plain(config_class, json.loads(file.metadata()["config"]))


def from_plain(kind: Any, value: Any) -> Any:
    """A (nested) dataclass out of what JSON gives back; a class may list names of early files in `FORMER`."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        former = getattr(kind, "FORMER", {})
        fields = {former.get(name, name): item for name, item in value.items()}
        return kind(**{name: from_plain(hints[name], item) for name, item in fields.items()})
    return tuple(value) if isinstance(value, list) else value


def read(path: Path, model_class: type[M], config_class: type[Any]) -> M:
    """The model in eval mode, float32, on the CPU."""
    model = model_class(read_config(path, config_class))
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    tensors = unpacked(tensors)
    first = {id(tensor): name for name, tensor in own(model).items()}
    twice = {name: first[id(tensor)] for name, tensor in model.state_dict(keep_vars=True).items()}
    tensors |= {name: tensors[source] for name, source in twice.items() if source in tensors}
    model.load_state_dict(tensors, strict=True)  # copies into float32
    return model.eval().requires_grad_(False)
