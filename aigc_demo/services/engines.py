"""The engines of the networks that this process runs, shared by all use cases."""

from collections.abc import Iterable

from torch import nn

from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines.engine import ONNX, PYTORCH, Engines

ENGINES = Engines(data_folder("onnx"))


def engine_of(models: Iterable[nn.Module]) -> str:
    """The engine that these networks, or parts of them, run in."""
    parts = (part for model in models for part in (model, *model.children()))
    return ONNX if any(ENGINES.name(part) == ONNX for part in parts) else PYTORCH
