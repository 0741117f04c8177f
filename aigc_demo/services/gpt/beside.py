"""Our GPT beside transformers' model with the same weights: the same text, every layer, and the time of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.pipelines import convert, parity
from aigc_demo.services.both_write import Agreement, agreement, both_write
from aigc_demo.services.files import TEXT
from aigc_demo.services.gpt.requests import Beside
from aigc_demo.services.gpt.tokens import authored, gpt_of, text_of, tokens_of
from aigc_demo.services.page_values import each
from aigc_demo.services.text_saving import Document
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class SideBySide:
    """A text by our network and by the library's, and how far their layers are apart."""

    prompt: str
    cut: int  # characters at the start of the prompt that were left out
    ours: str
    theirs: str
    both: Agreement


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
    made = yield from both_write(ours, theirs, recent, length, total)
    letters = model.config.characters
    compared = SideBySide(
        prompt=text_of(model, recent[0]),
        cut=tokens.shape[1] - recent.shape[1],
        ours="".join(letters[token] for token in made.ours),
        theirs="".join(letters[token] for token in made.theirs),
        both=agreement(ours, theirs, recent, made),
    )
    yield Step(total, total, compared)


def twins(request: Beside, made: SideBySide) -> Json:
    """Both texts, their speeds, and the table of layers."""
    return {
        "prompt": made.prompt,
        "cut": made.cut,
        "ours": made.ours,
        "theirs": made.theirs,
        **made.both.value(),
        "mistake": request.mistake,
    }


def document(request: Beside, run: Sequence[SideBySide]) -> Document:
    made = run[-1]
    sides = (
        (f"aigc_demo, {made.both.our_speed:.0f} / s", made.ours),
        (f"{made.both.kind}, {made.both.their_speed:.0f} / s", made.theirs),
    )
    parts = [part for name, text in sides for part in authored(name, made.prompt, text)]
    return Document(f"aigc_demo / transformers: {made.both.same} / {len(made.ours)}", tuple(parts))


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(twins),
    numbers=twins,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (request.model,),
    first=Beside(),
)
