"""A batch before and after augmentation, and a classifier that learns from few digits with and without it."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.models.judge import Judge
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, newest, plain, tiles
from aigc_demo.services.training import sets
from aigc_demo.services.training.requests import Augment
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.training.augment import Drawn, Strengths, changed, drawn
from aigc_demo.training.few import CONFIG, Pupil, split

SHOWN = 12  # pictures of a batch
LOOKS = 10  # at the classifiers, over their training
VALUES = ("kept", "mirrored", "angle", "size", "bright", "noise", "hole")  # that are told of each picture


@dataclass(frozen=True)
class Course:
    """What a classifier reads rightly on held-out digits, as it learns."""

    right: tuple[tuple[int, float], ...]  # update, share
    loss: float  # in the end, nats


@dataclass(frozen=True)
class Augmented:
    """A batch before and after, and the courses of both classifiers so far."""

    before: Array  # (12, C, 32, 32)
    after: Array
    values: tuple[dict[str, float], ...]  # what was drawn for each
    learned: int  # digits that both learned from
    held: int  # that are held out
    without: Course | None = None
    augmented: Course | None = None


def strengths(request: Augment) -> Strengths:
    """The strengths that a request asks for."""
    return Strengths(**{part.name: getattr(request, part.name) for part in fields(Strengths)})


def augment(store: Store, request: Augment, token: str = "") -> Iterator[Step[Augmented]]:
    """The batch at once, then both classifiers; `token` is that of a person's own pictures."""
    x = sets.pictures(store, request.pictures, token)
    draws = torch.Generator().manual_seed(request.seed)
    batch = x[torch.randperm(len(x), generator=draws)[:SHOWN]]
    values = drawn(strengths(request), len(batch), x.shape[-1], draws)
    after = changed(batch, values, draws)
    data = split(*sets.labelled(Path(store.assets) / "examples"), request.few, request.seed)
    shown = functools.partial(
        Augmented, batch.numpy(), after.numpy(), told(values), len(data.labels), len(data.held_labels)
    )
    yield Step(0, max(1, request.lessons), shown())
    if not request.lessons:
        return
    pupils = [Pupil(data, chosen, request.lessons, request.seed) for chosen in (Strengths(), strengths(request))]
    rights: list[list[tuple[int, float]]] = [[], []]
    losses = [0.0, 0.0]
    for step in range(1, request.lessons + 1):
        for pupil in pupils:
            pupil.update()
        if step % (request.lessons // LOOKS) and step != request.lessons:
            yield Step(step, request.lessons, shown())
            continue
        for place, pupil in enumerate(pupils):
            losses[place], right = pupil.measure()
            rights[place].append((step, right))
        courses = (Course(tuple(right), loss) for right, loss in zip(rights, losses, strict=True))
        shown = functools.partial(shown, **dict(zip(("without", "augmented"), courses, strict=True)))
        yield Step(step, request.lessons, shown())


def shown(store: Store, request: Augment, token: str = "") -> Iterator[Step[Augmented]]:
    """The batch alone, for a save that must not train."""
    yield from augment(store, replace(request, lessons=0), token)


def told(values: Drawn) -> tuple[dict[str, float], ...]:
    """What was drawn, picture by picture."""
    columns = {name: getattr(values, name).tolist() for name in VALUES}
    return tuple({name: float(column[place]) for name, column in columns.items()} for place in range(len(values.angle)))


def page_value(request: Augment, made: Augmented) -> Json:
    """Both batches in one sheet, and the numbers."""
    kind = "grey" if made.before.shape[1] == 1 else "colour"
    return {**tiles(np.concatenate([made.before, made.after])), "kind": kind, **numbers(request, made)}


def numbers(request: Augment, made: Augmented) -> Json:
    """What was drawn, and what both classifiers read rightly so far."""
    return plain(made)


def file(request: Augment, run: Sequence[Augmented]) -> Pictures:
    """The batch above what became of it."""
    made = run[-1]
    return Pictures((), still=images.grid(np.concatenate([made.before, made.after]), SHOWN, 3))


def parameters(store: Store, request: Augment) -> int:
    """Number of weights of either classifier."""
    return sum(weight.numel() for weight in Judge(CONFIG).parameters())


USE_CASE: UseCase[Augment, Augmented] = UseCase(
    run=augment,
    page=newest(page_value),
    numbers=numbers,
    file=file,
    formats=PICTURE,
    shown=shown,
    parameters=parameters,
    device="CPU",
    first=Augment(),
)
