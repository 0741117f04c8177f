"""Draw pictures; picture i is that of seed + i."""

from collections.abc import Sequence

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.sampling.noise import seeds_from
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.gan.drawing import (
    COLUMNS,
    Drawn,
    classes_of,
    grid,
    limited,
    model_of,
    noise,
    painted,
    shown,
    truncated_length,
)
from aigc_demo.services.gan.requests import Draw, asked
from aigc_demo.services.page_values import each, size
from aigc_demo.services.use_case import Json, UseCase

BLANK = 0.25  # deviation of all pixels, of 2 from black to white, below which there is nearly nothing to see


@torch.inference_mode()
def draw(store: Store, request: Draw) -> Drawn:
    """Pictures of as many seeds, counted up."""
    model = model_of(store, asked(request))
    seeds = seeds_from(request.seed, request.count)
    label = classes_of(model, seeds, request.digit)
    pictures = painted(model, limited(noise(model, seeds), request.limit), label).cpu().numpy()
    return Drawn(pictures, tuple(seeds), tuple(label.tolist()) if model.config.classes else ())


def sheet(request: Draw, drawn: Drawn) -> Json:
    """The pictures with their seeds and classes; where they are nearly blank, how long the noise was."""
    blank = float(drawn.pictures.std()) < BLANK
    told = {"noise_length": round(truncated_length(request.limit), 1)} if blank else {}
    return shown(drawn.pictures, seeds=list(drawn.seeds), digits=list(drawn.digits), **told)


def numbers(request: Draw, drawn: Drawn) -> Json:
    """Number and size of the pictures, their seeds and classes."""
    return {**size(drawn.pictures), "seeds": list(drawn.seeds), "digits": list(drawn.digits)}


def still(request: Draw, run: Sequence[Drawn]) -> Pictures:
    pictures = run[-1].pictures
    return Pictures([grid(pictures, min(COLUMNS, len(pictures)))])


USE_CASE: UseCase[Draw, Drawn] = UseCase(
    run=draw,
    page=each(sheet),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    any_engine=True,
    checkpoints=lambda request: (asked(request),),
    first=Draw(),
    warm=Draw(count=1),
)
