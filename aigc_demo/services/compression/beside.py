"""A byte per weight in the GPT: our int8 layers and torch's dynamic quantisation, beside float32.

torch.ao.quantization.quantize_dynamic rounds the weights of linear layers beforehand and their inputs when they come,
so that integers are multiplied (FBGEMM); ours (models/int8.py) rounds weights alone and sums float32.
"""

import copy
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.models.gpt import GPT
from aigc_demo.models.int8 import in_bytes, is_here
from aigc_demo.services.compression.gptq import gpt
from aigc_demo.services.compression.requests import GPT as CHECKPOINT
from aigc_demo.services.compression.requests import Beside
from aigc_demo.services.compression.subjects import PROMPT, Writing, subject
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.timing import medians
from aigc_demo.services.use_case import Json, UseCase

NAMES = ("float32", "models/int8.py", "torch.ao quantize_dynamic")


@dataclass(frozen=True)
class ByteWeights:
    """float32, ours and torch's; figures in this order."""

    costs: tuple[float, ...]  # nats per character of held-out text
    milliseconds: tuple[float, ...]  # of one forward pass over `batch` tokens
    gaps: tuple[float, ...]  # largest difference of the scores to those of float32
    kernels: bool  # whether this machine's torch has the kernels that ours needs; else ours computes in float32


def dynamic(model: GPT) -> nn.Module:
    """A copy of `model` by torch's own dynamic quantisation, one scale per output channel."""
    twin = copy.deepcopy(model)
    twin.head.weight = nn.Parameter(twin.head.weight.clone(), requires_grad=False)  # no longer the embedding
    with warnings.catch_warnings():  # it is deprecated in favour of torchao, which is a package of its own
        warnings.simplefilter("ignore")
        from torch.ao import quantization as ao

        scheme: Any = ao.per_channel_dynamic_qconfig
        made: nn.Module = ao.quantize_dynamic(twin, {nn.Linear: scheme})  # type: ignore[no-untyped-call]
    return made


@torch.inference_mode()
def beside(store: Store, request: Beside) -> ByteWeights:
    """All three on the same held-out text, and a pass over one token of `batch` texts in turns."""
    model, kind = gpt(store), subject(store, CHECKPOINT)
    assert isinstance(kind, Writing)
    models: list[Any] = [model, in_bytes(model), dynamic(model)]
    prompt = kind.tokens(model, PROMPT)[None]
    with threads.large():
        scores = [one(prompt) for one in models]
        costs = tuple(kind.cost(one) for one in models)
    tokens = prompt[:, :1].repeat(request.batch, 1)
    times = medians([forward(one, tokens) for one in models], rounds=15)
    gaps = tuple(float((found - scores[0]).abs().max()) for found in scores)
    return ByteWeights(costs, times, gaps, is_here())


def forward(model: Any, tokens: Tensor) -> Callable[[], object]:
    """A pass over tokens (B, 1), all layers by torch's modules."""
    return lambda: model(tokens)


def numbers(request: Beside, made: ByteWeights) -> Json:
    """Cost, milliseconds and largest difference of each."""
    return {"names": list(NAMES), **plain(made)}


def document(request: Beside, run: Sequence[ByteWeights]) -> Document:
    """A line for each of the three ways."""
    made = run[-1]
    rows = zip(NAMES, made.costs, made.milliseconds, made.gaps, strict=True)
    lines = (f"{name}: {cost:.4f} nats, {spent:.2f} ms, max {gap:.1e}\n" for name, cost, spent, gap in rows)
    return Document("8 bits", tuple(Part(line, given=True) for line in lines))


USE_CASE: UseCase[Beside, ByteWeights] = UseCase(
    run=beside,
    page=each(numbers),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (CHECKPOINT,),
    device="CPU",
    first=Beside(),
)
