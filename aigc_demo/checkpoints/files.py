"""The file of a checkpoint: safetensors, the config as JSON in its header."""

import dataclasses
import json
import os
import typing
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

M = TypeVar("M", bound=nn.Module)


def save(model: nn.Module, path: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write `model` with its config to `path`, weights as `dtype`, counters as they are; readable by everyone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config: Any = model.config
    tensors = {
        name: tensor.detach().to("cpu", dtype if tensor.is_floating_point() else tensor.dtype).contiguous()
        for name, tensor in model.state_dict().items()
    }
    unfinished = path.with_suffix(".new")
    save_file(tensors, unfinished, metadata={"config": json.dumps(dataclasses.asdict(config))})
    os.chmod(unfinished, 0o644)  # safetensors writes 0600, which another user of the container cannot read
    unfinished.replace(path)  # so that nobody ever reads half a file


def read_config(path: Path, config_class: type[Any]) -> Any:
    """The config dataclass in the header of the file."""
    with safe_open(path, framework="pt") as file:
        return from_plain(config_class, json.loads(file.metadata()["config"]))


def from_plain(kind: Any, value: Any) -> Any:
    """A (nested) dataclass out of what JSON gives back."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: from_plain(hints[name], item) for name, item in value.items()})
    return tuple(value) if isinstance(value, list) else value


def read(path: Path, model_class: type[M], config_class: type[Any]) -> M:
    """The model in eval mode, float32, on the CPU."""
    model = model_class(read_config(path, config_class))
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    model.load_state_dict(tensors, strict=True)  # copies into float32
    return model.eval().requires_grad_(False)
