"""The GPT's layers by GPTQ and rounded to nearest, with as many bits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.compression.gptq import LayerErrors, layer_by_layer, nearest_blocks
from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.steps import Step
from aigc_demo.data import shakespeare
from aigc_demo.models.gpt import GPT
from aigc_demo.services.compression.requests import GPT as CHECKPOINT
from aigc_demo.services.compression.requests import Gptq
from aigc_demo.services.compression.subjects import Measured, Writing, held_out_text, measure, network
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

EXTRACTS = 16  # windows of held-out text


@dataclass(frozen=True)
class Compared:
    """The same layers with the same number of bits, in two ways."""

    whole: Measured  # as it ships
    nearest: Measured  # round to nearest
    gptq: Measured
    layers: tuple[LayerErrors, ...]


def gpt(store: Store, checkpoint: str = CHECKPOINT) -> GPT:
    """The GPT, on the CPU; NotFoundError when the checkpoint is another network."""
    model: nn.Module = network(store, checkpoint)
    if not isinstance(model, GPT):
        raise NotFoundError("unknown_checkpoint", name=checkpoint)
    return model


def windows(tokens: Tensor, count: int, context: int) -> Tensor:
    """tokens (N,) -> `count` windows of them, spread evenly from the start on (count, context)."""
    last = len(tokens) - context
    starts = (place * last // count for place in range(count))
    return torch.stack([tokens[start : start + context] for start in starts])


@torch.no_grad()
def gptq(store: Store, request: Gptq) -> Iterator[Step[Compared | None]]:
    """A step per block; the result comes with the last."""
    model = gpt(store)
    kind = Writing(held_out_text(), EXTRACTS)
    tokens = windows(kind.tokens(model, shakespeare.shipped("train")), request.texts, model.config.context)
    total, found, best = model.config.n_layer + 1, list[LayerErrors](), model
    for twin, errors in layer_by_layer(model, tokens, request.bits):
        best, found = twin, [*found, *errors]
        yield Step(len(found) // len(errors), total, None)
    whole, nearest, made = (
        measure(kind, one, request.seed) for one in (model, nearest_blocks(model, request.bits), best)
    )
    yield Step(total, total, Compared(whole, nearest, made, tuple(found)))


def numbers(request: Gptq, made: Compared) -> Json:
    """Nats per character of all three, and the error of every layer's outputs in both ways."""
    sides = (made.whole, made.nearest, made.gptq)
    return {
        "costs": [plain(side.cost) for side in sides],
        "layers": [[layer.name, plain(layer.nearest), plain(layer.gptq)] for layer in made.layers],
    }


def page_value(request: Gptq, made: Compared) -> Json:
    """As `numbers`, with the texts of all three."""
    sides = (made.whole, made.nearest, made.gptq)
    return {**numbers(request, made), "bits": request.bits, "texts": [side.output.text for side in sides]}


def document(request: Gptq, run: Sequence[Compared]) -> Document:
    """The texts of all three with what each costs."""
    made = run[-1]
    sides = (("32", made.whole), (f"{request.bits}, nearest", made.nearest), (f"{request.bits}, GPTQ", made.gptq))
    texts = [f"{name}: {side.cost:.4f}\n{side.output.text}\n\n" for name, side in sides]
    return Document(f"GPTQ, {request.bits}", tuple(Part(text, given=True) for text in texts))


USE_CASE: UseCase[Gptq, Compared] = UseCase(
    run=gptq,
    page=each(page_value),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (CHECKPOINT,),
    device="CPU",
    first=Gptq(),
)
