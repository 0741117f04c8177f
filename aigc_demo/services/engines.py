"""The engines of the networks that this process runs, shared by all use cases."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from torch import nn

from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines.engine import ONNX, PYTORCH, Engines
from aigc_demo.services.page_values import Array

ENGINES = Engines(data_folder("onnx"))


def engine_of(models: Iterable[nn.Module]) -> str:
    """The engine that these networks, or parts of them, run in."""
    parts = (part for model in models for part in (model, *model.children()))
    return ONNX if any(ENGINES.name(part) == ONNX for part in parts) else PYTORCH


@dataclass(frozen=True)
class OnnxColumn:
    """What our network made in ONNX Runtime, beside what it made in PyTorch."""

    picture: Array
    maximum: float  # largest absolute difference of the two
    milliseconds: float


def columns(
    ours: Array, theirs: Array, times: tuple[float, float], onnx: OnnxColumn | None
) -> tuple[Array, list[float]]:
    """Pictures (N, C, H, W): ours, ONNX Runtime's where it drew one, the library's, how far ours and the library's are
    apart (white on the page where they agree; a page shows -1 of grey pictures as white); milliseconds of the first two
    or three, from `times` of ours and theirs."""
    between = [onnx.picture] if onnx else []
    gap = np.abs(ours - theirs)
    pictures = np.stack([ours, *between, theirs, gap - 1 if len(gap) == 1 else 1 - gap])
    return pictures, [times[0], *([onnx.milliseconds] if onnx else []), times[1]]
