"""Our GPT beside transformers' model with the same weights: the same text, every layer, and the time of both."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.models.gpt import GPT
from aigc_demo.pipelines import convert, parity
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.requests import Beside
from aigc_demo.services.gpt.tokens import authored, gpt_of, text_of, tokens_of
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document
from aigc_demo.services.use_case import Json, UseCase

TOLERANCE = 1e-3  # absolute, between a layer of ours and the library's
GREEDY = Sampling(temperature=0)
WARM = 2  # tokens that both write before the clock runs


@dataclass(frozen=True)
class SideBySide:
    """A text by our network and by the library's, and how far their layers are apart."""

    prompt: str
    cut: int  # characters at the start of the prompt that were left out
    ours: str
    theirs: str
    same: int  # characters from the start on in which both agree
    our_speed: float  # tokens a second
    their_speed: float
    kind: str  # class of the library
    layers: tuple[tuple[str, str, float, float], ...]  # our name, theirs, largest and mean absolute difference
    first: int | None  # number of the first layer over the tolerance
    maximum: float  # of the logits
    mean: float


def greedy(model: GPT, tokens: Tensor, length: int) -> Iterator[int]:
    """The likeliest tokens after tokens (1, T), by our code with its cache."""
    for pick in write(model, tokens, GREEDY, chances(0, length)):
        yield int(pick.token)


def generated(module: Any, tokens: Tensor, length: int) -> list[int]:
    """The same by the library's `generate`."""
    settings = {"do_sample": False, "max_new_tokens": length, "min_new_tokens": length, "pad_token_id": 0}
    found: Tensor = module.generate(tokens, attention_mask=torch.ones_like(tokens), **settings)
    return [int(token) for token in found[0, tokens.shape[1] :]]


@torch.inference_mode()
def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Write with ours, then with the library's, then compare every layer; the result comes with the last step."""
    model = gpt_of(store, request.model)
    tokens = tokens_of(model, request.prompt)
    length = min(request.length, model.config.context - 1)
    recent = tokens[:, -(model.config.context - length) :]
    ours = model if request.mistake == "none" else parity.with_mistake(model, request.mistake)
    theirs = convert.to_library(model).to(recent.device)
    total = length + 2
    list(greedy(ours, recent, WARM))
    mine, began = [], time.perf_counter()
    spent = 0.0
    for done, token in enumerate(greedy(ours, recent, length), 1):
        spent += time.perf_counter() - began
        mine.append(token)
        yield Step(done, total, None)
        began = time.perf_counter()
    generated(theirs, recent, WARM)
    began = time.perf_counter()
    yours = generated(theirs, recent, length)
    their_time = time.perf_counter() - began
    yield Step(length + 1, total, None)
    table = parity.compare(ours, theirs, recent, tolerance=TOLERANCE)
    letters = model.config.characters
    made = SideBySide(
        prompt=text_of(model, recent[0]),
        cut=tokens.shape[1] - recent.shape[1],
        ours="".join(letters[token] for token in mine),
        theirs="".join(letters[token] for token in yours),
        same=agreed(mine, yours),
        our_speed=length / spent,
        their_speed=length / their_time,
        kind=type(theirs).__name__,
        layers=tuple((row.ours, row.theirs, row.maximum, row.mean) for row in table.rows),
        first=table.first,
        maximum=table.rows[-1].maximum,
        mean=table.rows[-1].mean,
    )
    yield Step(total, total, made)


def agreed(one: list[int], other: list[int]) -> int:
    """How many tokens are the same from the start on."""
    pairs = zip(one, other, strict=True)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), len(one))


def twins(request: Beside, made: SideBySide) -> Json:
    """Both texts, their speeds, and the table of layers."""
    return {
        "prompt": made.prompt,
        "cut": made.cut,
        "ours": made.ours,
        "theirs": made.theirs,
        "same": made.same,
        "speeds": plain((made.our_speed, made.their_speed)),
        "kind": made.kind,
        "layers": [list(row) for row in made.layers],
        "first": made.first,
        "maximum": made.maximum,
        "mean": made.mean,
        "tolerance": TOLERANCE,
        "mistake": request.mistake,
    }


def document(request: Beside, run: Sequence[SideBySide]) -> Document:
    made = run[-1]
    sides = (
        (f"aigc_demo, {made.our_speed:.0f} / s", made.ours),
        (f"{made.kind}, {made.their_speed:.0f} / s", made.theirs),
    )
    parts = [part for name, text in sides for part in authored(name, made.prompt, text)]
    return Document(f"aigc_demo / transformers: {made.same} / {len(made.ours)}", tuple(parts))


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(twins),
    numbers=twins,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (request.model,),
    first=Beside(),
)
