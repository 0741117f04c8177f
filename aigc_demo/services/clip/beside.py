"""Our CLIP beside transformers' CLIPModel with the same weights: similarities, every layer, the time of both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines import convert, parity
from aigc_demo.services.clip.requests import CHECKPOINT, ROW, Beside
from aigc_demo.services.clip.vectors import clip_of, lines_of, samples, tokens_of
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.timing import quickest
from aigc_demo.services.use_case import Json, UseCase

TITLE = "落霞 · Luoxia: clip-scenes"
TIMES = 3  # that both compute; the quickest counts


@dataclass(frozen=True)
class SideBySide:
    """Similarities times scale by both, and how far their layers are apart."""

    ours: tuple[tuple[float, ...], ...]  # a row for every sentence
    theirs: tuple[tuple[float, ...], ...]
    maximum: float  # largest difference of the similarities
    mean: float
    our_milliseconds: float
    their_milliseconds: float
    layers: parity.Figures
    first: int | None  # number of the first layer over the tolerance
    sentences: tuple[str, ...]  # of the rows


@torch.inference_mode()
def beside(store: Store, request: Beside) -> SideBySide:
    """The similarities of sentences and pictures by both, then every layer."""
    sentences, model = lines_of(request.sentences), clip_of(store)
    ours = model if request.mistake == "none" else parity.with_mistake(model, request.mistake)
    theirs = convert.to_library(model)
    tokens, x = tokens_of(model, sentences), samples(store)[:ROW]
    works: list[Callable[[], Tensor]] = [
        lambda: ours(tokens, x),
        lambda: theirs(input_ids=tokens, pixel_values=x).logits_per_text,
    ]
    (mine, our_time), (yours, their_time) = quickest(works, TIMES)
    table = parity.compare(ours, theirs, tokens, x)
    gap = (mine - yours).abs()
    rows = [tuple(tuple(row) for row in part.tolist()) for part in (mine, yours)]
    times = (our_time, their_time)
    return SideBySide(
        rows[0], rows[1], float(gap.max()), float(gap.mean()), *times, table.figures, table.first, tuple(sentences)
    )


def numbers(request: Beside, made: SideBySide) -> Json:
    """Similarities of both, differences, times, and the first layer over the tolerance."""
    return {**plain(made), "tolerance": parity.TOLERANCE}


def document(request: Beside, run: Sequence[SideBySide]) -> Document:
    lines = [f"{ours:34} {theirs:52} {top:.1e} {mean:.1e}\n" for ours, theirs, top, mean in run[-1].layers]
    return Document(TITLE, tuple(map(Part, lines)))


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(numbers),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Beside(),
)
