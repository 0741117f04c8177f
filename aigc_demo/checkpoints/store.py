"""Save and load checkpoints: one safetensors file each, the config as JSON in its header."""

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
    """Write `model` with its config to `path`, weights as `dtype`; readable by everyone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config: Any = model.config
    tensors = {name: t.detach().to("cpu", dtype).contiguous() for name, t in model.state_dict().items()}
    save_file(tensors, path, metadata={"config": json.dumps(dataclasses.asdict(config))})
    os.chmod(path, 0o644)  # safetensors writes 0600, which another user of the container cannot read


def read_config(path: Path, config_class: type[Any]) -> Any:
    """The config dataclass in the header of the file."""
    with safe_open(path, framework="pt") as file:
        return from_plain(config_class, json.loads(file.metadata()["config"]))


def from_plain(kind: Any, value: Any) -> Any:
    """A (nested) dataclass out of what JSON gives back."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: from_plain(hints[name], item) for name, item in value.items()})
    return tuple(value) if isinstance(value, list) else value


def read(path: Path, model_class: type[M], config_class: type[Any]) -> M:
    """The model in eval mode, float32, on the CPU."""
    model = model_class(read_config(path, config_class))
    with safe_open(path, framework="pt") as file:
        model.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()}, strict=True)  # noqa: SIM118
    return model.eval().requires_grad_(False)
