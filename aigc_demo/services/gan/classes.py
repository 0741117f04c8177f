"""The conditional model: every class from the same noise. A row per class, a column per seed."""

from collections.abc import Sequence

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.sampling.noise import seeds_from
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.gan.drawing import Drawn, grid, limited, model_of, noise, painted, shown
from aigc_demo.services.gan.requests import CONDITIONAL, Classes, checkpoint
from aigc_demo.services.page_values import each, size
from aigc_demo.services.use_case import Json, UseCase


@torch.inference_mode()
def classes(store: Store, request: Classes) -> Drawn:
    """All ten classes from the same noise, row by row: picture r * columns + c is class r at seed + c."""
    model = model_of(store, checkpoint(CONDITIONAL))
    seeds = seeds_from(request.seed, request.columns)
    z = limited(noise(model, seeds), request.limit)
    label = torch.arange(10, device=z.device).repeat_interleave(len(seeds))
    pictures = painted(model, z.repeat(10, 1), label).cpu().numpy()
    return Drawn(pictures, tuple(seeds * 10), tuple(label.tolist()))


def table(request: Classes, drawn: Drawn) -> Json:
    """The pictures with the words around them."""
    seeds = [str(seed) for seed in drawn.seeds[: request.columns]]
    return shown(drawn.pictures, rows=[str(digit) for digit in range(10)], columns=seeds, notes=None)


def numbers(request: Classes, drawn: Drawn) -> Json:
    """Number and size of the pictures, and the seed of every column."""
    return {**size(drawn.pictures), "seeds": list(drawn.seeds[: request.columns])}


def still(request: Classes, run: Sequence[Drawn]) -> Pictures:
    return Pictures([grid(run[-1].pictures, request.columns)])


USE_CASE: UseCase[Classes, Drawn] = UseCase(
    run=classes,
    page=each(table),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    any_engine=True,
    checkpoints=lambda request: (checkpoint(CONDITIONAL),),
    first=Classes(),
)
