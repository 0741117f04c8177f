"""Our Transformer beside transformers' model with the same weights: the same tokens, every layer, the time of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import NotFoundError
from aigc_demo.core.steps import Step
from aigc_demo.data import chorale_tokens as rows
from aigc_demo.data.chorales import STEPS
from aigc_demo.models.gpt import GPT
from aigc_demo.pipelines import convert, parity
from aigc_demo.services.both_write import TOLERANCE, both_write
from aigc_demo.services.files import TEXT
from aigc_demo.services.music.composing import language_model
from aigc_demo.services.music.melodies import key_for, melody_of
from aigc_demo.services.music.requests import AUTO, MODELS, Beside
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

METRE = 4


@dataclass(frozen=True)
class SideBySide:
    """Tokens by our network and by the library's, and how far their layers are apart."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    same: int  # tokens from the start on in which both agree
    our_speed: float  # tokens a second
    their_speed: float
    kind: str  # class of the library
    layers: parity.Figures
    first: int | None  # number of the first layer over the tolerance
    maximum: float  # of the logits
    mean: float


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
    model = language_model(store, MODELS[0])
    if not isinstance(model, GPT):
        raise NotFoundError("unknown_checkpoint", name=MODELS[0])
    tokens = beginning(request.melody)
    theirs = convert.to_library(model)
    total = request.length + 2
    both = yield from both_write(model, theirs, tokens, request.length, total)
    row = torch.cat([tokens, torch.tensor([both.ours])], 1)
    table = parity.compare(model, theirs, row, tolerance=TOLERANCE)
    made = SideBySide(
        ours=both.ours,
        theirs=both.theirs,
        same=both.same,
        our_speed=request.length / both.our_seconds,
        their_speed=request.length / both.their_seconds,
        kind=type(theirs).__name__,
        layers=table.figures,
        first=table.first,
        maximum=table.rows[-1].maximum,
        mean=table.rows[-1].mean,
    )
    yield Step(total, total, made)


def compared(request: Beside, made: SideBySide) -> Json:
    """How many tokens agree, both speeds, and the table of layers."""
    return {
        "count": len(made.ours),
        "same": made.same,
        "speeds": plain((made.our_speed, made.their_speed)),
        "kind": made.kind,
        "layers": [list(row) for row in made.layers],
        "first": made.first,
        "maximum": made.maximum,
        "mean": made.mean,
        "tolerance": TOLERANCE,
    }


def numbers(request: Beside, made: SideBySide) -> Json:
    """As the page, and the tokens of both."""
    return {**compared(request, made), "ours": list(made.ours), "theirs": list(made.theirs)}


def document(request: Beside, run: Sequence[SideBySide]) -> Document:
    """Both rows of tokens as a text, with the speed of each."""
    made = run[-1]
    sides = (("aigc_demo", made.our_speed, made.ours), (made.kind, made.their_speed, made.theirs))
    texts = [f"{name}, {speed:.0f} / s\n{' '.join(map(str, tokens))}\n\n" for name, speed, tokens in sides]
    title = f"aigc_demo / transformers: {made.same} / {len(made.ours)}"
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
