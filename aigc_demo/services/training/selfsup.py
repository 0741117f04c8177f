"""An encoder that learns from pictures without labels, and what a linear classifier reads from its features.

300 digits are learned from, 200 are held out. Labels are given for a few of each class, drawn by the seed: to the
linear classifier on the features, and to a network that learns from them alone, beside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.models.picture_encoder import PictureEncoder
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, newest, plain, tiles
from aigc_demo.services.training import sets
from aigc_demo.services.training.requests import FEW, Selfsup
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.training.few import Split, split
from aigc_demo.training.selfsup import CONFIG, CONTRASTIVE, SUPERVISED, Learner, linear_probe, views

EACH = 30  # digits of every class that are learned from
SHOWN = 8  # held-out digits that the task is shown with
LOOKS = 10  # at the features, over a training
SMOOTH = 0.8  # share of the old value in the running mean of the loss
EDGE = 2  # pixels of background around a digit of the set that are left off

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Learned:
    """The task as the encoder does it now, and how it got there."""

    rows: tuple[Array, ...]  # (8, 1, 28, 28) each: original, seen, filled in; or two views
    alike: tuple[float, ...]  # cosine similarity of the two views; empty where there are none
    loss: Points  # update, running mean
    probe: Points  # update, share of held-out digits that the linear classifier reads rightly
    supervised: Points  # the same of the network that learns from labels alone
    by_labels: tuple[tuple[int, float, float], ...]  # labels per class, random features, features now
    learned: int  # pictures
    held: int


def read_rightly(learner: Learner, data: Split) -> list[float]:
    """Share of held-out digits that the linear classifier reads rightly from FEW labels of each class."""
    known, held = learner.features(data.pictures), learner.features(data.held)
    few = [first(count) for count in FEW]
    return [share(linear_probe(known[chosen], data.labels[chosen], held), data) for chosen in few]


def first(count: int) -> Tensor:
    """Places of the first `count` pictures of every class, in a set that is sorted by class."""
    return (torch.arange(10)[:, None] * EACH + torch.arange(count)).flatten()


def share(classes: Tensor, data: Split) -> float:
    """How many of the held-out pictures have these classes."""
    return (classes == data.held_labels).float().mean().item()


def selfsup(store: Store, request: Selfsup) -> Iterator[Step[Learned | None]]:
    """The task and the features before any update, then ten times until the last; the supervised network beside."""
    x, labels = sets.labelled(Path(store.assets) / "examples")
    data = split(x[..., EDGE:-EDGE, EDGE:-EDGE], labels, EACH, request.seed)
    few = first(request.labels)
    told = Split(data.pictures[few], data.labels[few], data.held, data.held_labels)
    learner = Learner(request.objective, data, request.rounds, request.seed, request.hidden, request.tau)
    pupil = Learner(SUPERVISED, told, request.rounds, request.seed)
    random = read_rightly(learner, data)
    place = FEW.index(request.labels)
    loss: list[tuple[int, float]] = []
    probe, supervised = [(0, random[place])], [(0, share(pupil.classes(data.held), data))]
    order = torch.randperm(len(data.held), generator=torch.Generator().manual_seed(request.seed))
    sample = data.held[order[:SHOWN]]

    def made(now: Sequence[float]) -> Learned:
        rows, alike = looked(learner, sample, request.seed)
        counts = tuple(zip(FEW, random, now, strict=True))
        return Learned(
            *(rows, alike, tuple(loss), tuple(probe), tuple(supervised), counts),
            learned=len(data.labels),
            held=len(data.held_labels),
        )

    yield Step(0, request.rounds, made(random))
    for step in range(1, request.rounds + 1):
        with threads.using(1):  # the operators are too small for more, and others train here, too
            value = learner.update()
            pupil.update()
        loss.append((step, SMOOTH * loss[-1][1] + (1 - SMOOTH) * value if loss else value))
        if step % (request.rounds // LOOKS):
            yield Step(step, request.rounds, None)
            continue
        now = read_rightly(learner, data)
        probe.append((step, now[place]))
        supervised.append((step, share(pupil.classes(data.held), data)))
        yield Step(step, request.rounds, made(now))


@torch.no_grad()
def looked(learner: Learner, x: Tensor, seed: int) -> tuple[tuple[Array, ...], tuple[float, ...]]:
    """The task on held-out pictures x, the same in every look; for two views how alike their projections are."""
    draws = torch.Generator().manual_seed(seed)
    if learner.objective == CONTRASTIVE:
        both = views(x, draws)
        one, other = F.normalize(learner.head(learner.encoder(both)), dim=1).chunk(2)
        return tuple(part.numpy() for part in both.chunk(2)), tuple((one * other).sum(1).tolist())
    task = learner.task(x, draws)
    filled = torch.where(task.asked, learner.filled(task).clamp(-1, 1), task.seen)
    return (x.numpy(), task.seen.numpy(), filled.numpy()), ()


# as it is looked at, told and saved


def value(request: Selfsup, made: Learned) -> Json:
    """All rows in one sheet, and the numbers."""
    return {
        **tiles(np.concatenate(made.rows), kind="grey"),
        "alike": plain(made.alike),
        "course": plain(made.loss[:: max(1, len(made.loss) // 100)]),
        **numbers(request, made),
    }


def numbers(request: Selfsup, made: Learned) -> Json:
    """Shares that are read rightly: random features, learned ones, the supervised network; and the last loss."""
    return {
        "objective": request.objective,
        "labels": request.labels,
        "learned": made.learned,
        "held": made.held,
        "loss": plain(made.loss[-1][1]) if made.loss else None,
        "random": plain(made.probe[0][1]),
        "probe": plain(made.probe),
        "supervised": plain(made.supervised),
        "by_labels": plain(made.by_labels),
    }


def file(request: Selfsup, run: Sequence[Learned]) -> Pictures:
    """The rows of the task as the encoder did it in the end."""
    return Pictures((), still=images.grid(np.concatenate(run[-1].rows), SHOWN, 3))


def parameters(store: Store, request: Selfsup) -> int:
    """Number of weights of the encoder."""
    return sum(weight.numel() for weight in PictureEncoder(CONFIG).parameters())


USE_CASE: UseCase[Selfsup, Learned] = UseCase(
    run=selfsup,
    page=newest(value),
    numbers=numbers,
    file=file,
    formats=PICTURE,
    parameters=parameters,
    device="CPU",
    first=Selfsup(),
)
