"""Our Transformer beside transformers' model with the same weights: the same tokens, every layer, the time of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.steps import Step
from aigc_demo.data import chorale_tokens as rows
from aigc_demo.data.chorales import STEPS
from aigc_demo.models.gpt import GPT
from aigc_demo.pipelines import convert
from aigc_demo.services.both_write import Agreement, agreement, both_write
from aigc_demo.services.files import TEXT
from aigc_demo.services.music.melodies import key_for, melody_of
from aigc_demo.services.music.requests import AUTO, MODELS, Beside
from aigc_demo.services.page_values import each
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

METRE = 4


@dataclass(frozen=True)
class SideBySide:
    """Tokens by our network and by the library's, and how far their layers are apart."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    both: Agreement


def beginning(text: str) -> Tensor:
    """Head and first bar of a melody, before the other voices come in, as tokens (1, T)."""
    melody = melody_of(text, METRE)
    tokens = [rows.key_token(key_for(melody, AUTO)), rows.metre_token(METRE)]
    bar = melody[: METRE * STEPS]
    for step, sign in enumerate(bar):
        if step % STEPS == 0:
            tokens.append(rows.beat_token(step // STEPS, False))
        tokens += [rows.token_of(0, sign), rows.NONE, rows.NONE, rows.NONE]
    return torch.tensor([tokens])


@torch.inference_mode()
def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Write with ours, then with the library's, then compare every layer; the result comes with the last step."""
    model = loaded(store, MODELS[0], GPT)
    tokens = beginning(request.melody)
    theirs = convert.to_library(model)
    total = request.length + 2
    made = yield from both_write(model, theirs, tokens, request.length, total)
    row = torch.cat([tokens, torch.tensor([made.ours])], 1)
    yield Step(total, total, SideBySide(made.ours, made.theirs, agreement(model, theirs, row, made)))


def compared(request: Beside, made: SideBySide) -> Json:
    """How many tokens agree, both speeds, and the table of layers."""
    return {"count": len(made.ours), **made.both.value()}


def numbers(request: Beside, made: SideBySide) -> Json:
    """As the page, and the tokens of both."""
    return {**compared(request, made), "ours": list(made.ours), "theirs": list(made.theirs)}


def document(request: Beside, run: Sequence[SideBySide]) -> Document:
    """Both rows of tokens as a text, with the speed of each."""
    made = run[-1]
    sides = (("aigc_demo", made.both.our_speed, made.ours), (made.both.kind, made.both.their_speed, made.theirs))
    texts = [f"{name}, {speed:.0f} / s\n{' '.join(map(str, tokens))}\n\n" for name, speed, tokens in sides]
    title = f"aigc_demo / transformers: {made.both.same} / {len(made.ours)}"
    return Document(title, tuple(Part(text, given=True) for text in texts))


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(compared),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (MODELS[0],),
    first=Beside(),
)
