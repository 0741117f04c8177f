"""The engines of the networks that this process runs, shared by all use cases."""

from collections.abc import Iterable

from torch import nn

from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines.engine import ONNX, PYTORCH, Engines

ENGINES = Engines(data_folder("onnx"))


def engine_of(models: Iterable[nn.Module]) -> str:
    """The engine that these networks run in."""
    return ONNX if any(ENGINES.name(model) == ONNX for model in models) else PYTORCH
