"""Our network beside transformers' with the same weights: the same lines, every layer, and the time of both."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.characters import Characters
from aigc_demo.models.seq2seq import MARKS, START, Seq2Seq, Writer
from aigc_demo.pipelines import convert, parity
from aigc_demo.sampling.beam import beam
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, numbers
from aigc_demo.services.seq2seq.lines import upper_line
from aigc_demo.services.seq2seq.pair import model_of
from aigc_demo.services.seq2seq.requests import COUPLETS, Beside
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.timing import quickest
from aigc_demo.services.use_case import Json, UseCase

RUNS = 5  # of each, in turn; the fastest counts
LINES = 4  # that are shown of a beam, at most


@dataclass(frozen=True)
class Side:
    """What one of two implementations answered, and how long it took."""

    greedy: str
    beam: tuple[str, ...]
    greedy_ms: float
    beam_ms: float


@dataclass(frozen=True)
class BesideLibrary:
    """Both answers, and every layer on the greedy line."""

    upper: str
    ours: Side
    theirs: Side
    kind: str  # class of the library's model
    same: bool  # the tokens of both
    layers: parity.Figures
    first: int | None  # index of the first layer over the tolerance
    maximum: float  # of the logits
    mean: float
    tolerance: float


def found(model: Seq2Seq, tokens: Tensor, width: int) -> list[tuple[int, ...]]:
    """The lines of a beam of ours, as long as the upper line (1, S); no rule but that no mark stands inside."""
    allowed = torch.arange(model.config.vocabulary) >= len(MARKS)
    size = tokens.shape[1]
    steps = beam(Writer(model, tokens), width, size, START, allowed=lambda lines: allowed.expand(len(lines), -1))
    return [line.tokens for line in list(steps)[-1]]


def generated(module: Any, tokens: Tensor, width: int) -> list[tuple[int, ...]]:
    """The same by the library's `generate`."""
    size = tokens.shape[1]
    made: Tensor = module.generate(
        tokens,
        attention_mask=torch.ones_like(tokens),
        num_beams=width,
        num_return_sequences=width,
        do_sample=False,
        min_new_tokens=size,
        max_new_tokens=size,
        suppress_tokens=list(range(len(MARKS))),
        length_penalty=1.0,
        early_stopping=False,
    )
    return [tuple(int(token) for token in line) for line in made[:, 1 : 1 + size]]


@torch.inference_mode()
def beside(store: Store, request: Beside) -> BesideLibrary:
    """Greedy and beam with both, then every layer on the greedy line."""
    model = model_of(store)
    table = Characters(model.config.characters)
    upper = upper_line(request, model.config.characters)
    tokens = torch.tensor([table.encode(upper)])
    theirs = convert.to_library(model)
    works = tuple(
        (lambda write=write, twin=twin, width=width: write(twin, tokens, width))
        for width in (1, request.beam)
        for write, twin in ((found, model), (generated, theirs))
    )
    mine, yours, my_beam, your_beam = quickest(works, RUNS)
    lower = torch.tensor([[START, *mine[0][0][:-1]]])
    table_of_layers = parity.compare(model, theirs, tokens, lower)

    def side(greedy: tuple[Any, float], wide: tuple[Any, float]) -> Side:
        lines = tuple(table.decode(line) for line in wide[0][:LINES])
        return Side(table.decode(greedy[0][0]), lines, greedy[1], wide[1])

    last = table_of_layers.rows[-1]
    return BesideLibrary(
        upper=upper,
        ours=side(mine, my_beam),
        theirs=side(yours, your_beam),
        kind=type(theirs).__name__,
        same=mine[0] == yours[0] and my_beam[0] == your_beam[0],
        layers=table_of_layers.figures,
        first=table_of_layers.first,
        maximum=last.maximum,
        mean=last.mean,
        tolerance=parity.TOLERANCE,
    )


def sides(request: Beside, made: BesideLibrary) -> Json:
    """What both wrote, and the table of layers."""
    both = {"ours": asdict(made.ours), "theirs": asdict(made.theirs), "kind": made.kind, "same": made.same}
    table = {"layers": made.layers, "first": made.first, "maximum": made.maximum, "mean": made.mean}
    return {"sides": both, **table, "tolerance": made.tolerance}


def document(request: Beside, run: Sequence[BesideLibrary]) -> Document:
    """The upper line, and both answers."""
    made = run[-1]
    lines = [f"{made.upper}\n"]
    for name, side in (("aigc_demo", made.ours), (made.kind, made.theirs)):
        lines += [f"\n{name}\n", *(f"{line}\n" for line in (side.greedy, *side.beam))]
        lines.append(f"{side.greedy_ms:.1f} ms, {side.beam_ms:.1f} ms\n")
    return Document("落霞 · Luoxia: seq2seq-couplets", tuple(Part(line, given=True) for line in lines))


USE_CASE: UseCase[Beside, BesideLibrary] = UseCase(
    run=beside,
    page=each(sides),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (COUPLETS,),
    first=Beside(),
)
