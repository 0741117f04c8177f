"""Every network that a library has too, beside it: same weights, same input, layer by layer, and known mistakes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.pipelines import convert, parity
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.timing import medians
from aigc_demo.services.training.requests import EVERY, PAIRED, Parity
from aigc_demo.services.use_case import Json, UseCase

ROUNDS = 5  # timed passes of each, in turns


@dataclass(frozen=True)
class Mistake:
    """A network with one thing wrong on purpose."""

    name: str
    first: int | None  # the first layer over the tolerance; None where the mistake changes nothing in this network
    maxima: tuple[float, ...]  # largest absolute difference of every layer


@dataclass(frozen=True)
class Twin:
    """One network of ours and the library's."""

    checkpoint: str
    part: str  # of the checkpoint's model; empty for all of it
    ours: str  # names of the classes
    theirs: str
    layers: parity.Figures
    first: int | None  # the first layer over the tolerance
    maximum: float  # largest absolute difference of any layer
    mean: float  # mean absolute difference of the last layer
    our_milliseconds: float  # a pass over the same input
    their_milliseconds: float
    mistakes: tuple[Mistake, ...]


def compare(store: Store, request: Parity) -> Iterator[Step[tuple[Twin, ...] | None]]:
    """All twins so far, after each."""
    names = PAIRED if request.model == EVERY else (request.model,)
    found: tuple[Twin, ...] = ()
    yield Step(0, len(names), None)
    for done, name in enumerate(names, 1):
        for part, network in convert.networks(store.load(name)):
            found = (*found, twin(name, part, network, request.seed))
        yield Step(done, len(names), found)


@torch.inference_mode()
def twin(checkpoint: str, part: str, ours: nn.Module, seed: int) -> Twin:
    """Both on random input of the seed; then ours once more for each mistake."""
    pair, theirs = convert.pair_of(ours), convert.to_library(ours)
    device = next(ours.parameters()).device
    theirs = theirs.to(device)
    assert pair.probe is not None, "networks() names none without"
    given = pair.probe(ours, torch.Generator().manual_seed(seed))
    inputs = tuple(value if value is None else value.to(device) for value in given)
    table = parity.compare(ours, theirs, *inputs)
    mine, yours = medians((lambda: ours(*inputs), lambda: theirs(*pair.library_inputs(*inputs))), ROUNDS)
    mistakes = []
    for name in pair.mistakes:
        wrong = parity.compare(parity.with_mistake(ours, name), theirs, *inputs)
        mistakes.append(Mistake(name, wrong.first, tuple(row.maximum for row in wrong.rows)))
    return Twin(
        checkpoint,
        part,
        type(ours).__name__,
        type(theirs).__name__,
        table.figures,
        table.first,
        max(row.maximum for row in table.rows),
        table.rows[-1].mean,
        mine,
        yours,
        tuple(mistakes),
    )


def numbers(request: Parity, made: tuple[Twin, ...]) -> Json:
    """The twins, and the tolerance that they are held to."""
    return {"twins": plain(made), "tolerance": parity.TOLERANCE}


def document(request: Parity, run: Sequence[tuple[Twin, ...]]) -> Document:
    """Differences, times and mistakes found, a line for every network."""
    lines = [
        f"{one.checkpoint} {one.part or one.ours} / {one.theirs}: max {one.maximum:.1e} in {len(one.layers)} layers, "
        f"{one.our_milliseconds:.2f} / {one.their_milliseconds:.2f} ms, "
        f"{sum(wrong.first is not None for wrong in one.mistakes)} / {len(one.mistakes)} mistakes\n"
        for one in run[-1]
    ]
    return Document("parity", tuple(Part(line, given=True) for line in lines))


USE_CASE: UseCase[Parity, tuple[Twin, ...]] = UseCase(
    run=compare,
    page=each(numbers),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: PAIRED if request.model == EVERY else (request.model,),
    first=Parity(),
)
