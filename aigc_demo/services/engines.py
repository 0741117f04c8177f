"""The engines of the networks that this process runs, shared by all use cases."""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import nn

from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines.engine import ONNX, PYTORCH, Engines
from aigc_demo.services.page_values import Array

ENGINES = Engines(data_folder("onnx"))


def engine_of(models: Iterable[nn.Module]) -> str:
    """The engine that these networks run in."""
    return ONNX if any(ENGINES.name(model) == ONNX for model in models) else PYTORCH


@dataclass(frozen=True)
class OnnxColumn:
    """What our network made in ONNX Runtime, beside what it made in PyTorch."""

    picture: Array
    maximum: float  # largest absolute difference of the two
    milliseconds: float
