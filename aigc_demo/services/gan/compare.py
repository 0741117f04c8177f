"""Every model of digits from the same seeds, read by the same judge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from aigc_demo.checkpoints.store import Store
from aigc_demo.sampling.noise import seeds_from
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.gan.drawing import classes_of, grid, model_of, noise, shown
from aigc_demo.services.gan.requests import ANY, DIGIT_MODELS, JUDGE, SHOWN, Compare, checkpoint
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class Reading:
    model: str  # of MODELS
    pictures: Array  # the first SHOWN of those that were read
    read: tuple[int, ...]  # what the judge read in each shown one
    counts: tuple[int, ...]  # (10,) how often it read each class in all of them


@dataclass(frozen=True)
class Comparison:
    """Every model of digits from the same seeds."""

    models: tuple[Reading, ...]
    seeds: tuple[int, ...]  # of the shown pictures
    count: int  # pictures of each model that were read


@torch.inference_mode()
def compare(store: Store, request: Compare) -> Comparison:
    """Every model of digits from the same noise, in the order of DIGIT_MODELS, read by the judge."""
    seeds = seeds_from(request.seed, request.count)
    models = tuple(reading(store, name, seeds) for name in DIGIT_MODELS)
    return Comparison(models, tuple(seeds[:SHOWN]), len(seeds))


def reading(store: Store, name: str, seeds: list[int]) -> Reading:
    """A model's pictures of these seeds, and what the judge reads in them."""
    model = model_of(store, checkpoint(name))
    x = model.generator(noise(model, seeds), classes_of(model, seeds, ANY))
    read = store.load(JUDGE)(F.pad(x, (2, 2, 2, 2), value=-1.0)).argmax(1).cpu()
    counts = torch.bincount(read, minlength=10).tolist()
    return Reading(name, x[:SHOWN].cpu().numpy(), tuple(read[:SHOWN].tolist()), tuple(counts))


def readings(made: Comparison) -> list[Json]:
    """What the judge read in the shown pictures of every model, and how often it read each class in all of them."""
    return [{"model": one.model, "read": list(one.read), "counts": list(one.counts)} for one in made.models]


def numbers(request: Compare, made: Comparison) -> Json:
    """What the judge read, by model."""
    return {"seeds": list(made.seeds), "count": made.count, "models": readings(made)}


def sheet(request: Compare, made: Comparison) -> Json:
    """The shown pictures of every model, and what was read."""
    return shown(stacked(made), seeds=list(made.seeds), count=made.count, players=readings(made))


def still(request: Compare, run: Sequence[Comparison]) -> Pictures:
    return Pictures([grid(stacked(run[-1]), len(run[-1].seeds))])


def stacked(made: Comparison) -> Array:
    """The shown pictures, model by model."""
    return np.concatenate([one.pictures for one in made.models])


USE_CASE: UseCase[Compare, Comparison] = UseCase(
    run=compare,
    page=each(sheet),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (*map(checkpoint, DIGIT_MODELS), JUDGE),
    first=Compare(),
)
