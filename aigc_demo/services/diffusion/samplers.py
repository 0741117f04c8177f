"""All samplers from one noise, at several step counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step, timed
from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.samplers import trailing_timesteps
from aigc_demo.services.diffusion.denoising import denoise, model_of, seen, several
from aigc_demo.services.diffusion.requests import CHECKPOINT, COUNTS, Samplers
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class Row:
    """One sampler's pictures at the step counts of COUNTS, (N, C, H, W), and the milliseconds that each took."""

    sampler: str
    pictures: Array
    milliseconds: tuple[float, ...]


Table = tuple[Row, ...]


def samplers(store: Store, request: Samplers) -> Iterator[Step[Table | None]]:
    """Draw one noise with every sampler at several step counts; the rows so far whenever a sampler is through."""
    model = model_of(store)
    done, total = 0, len(SAMPLERS) * sum(COUNTS)
    rows: Table = ()
    for sampler in SAMPLERS:
        drawn, times = [], []
        for count in COUNTS:
            noise = SeededNoise([request.seed], store.device)
            x = noise.draw(model.config.picture)
            run = denoise(model, x, [request.digit], request.guidance, trailing_timesteps(count), sampler, noise)
            for moment, spent in timed(run):
                x, milliseconds = moment.x, spent
                yield Step(done, total, None)
                done += moment.timestep >= 0
            drawn.append(seen(model, x))
            times.append(milliseconds)
        rows = (*rows, Row(sampler, np.concatenate(drawn), tuple(times)))
        yield Step(done, total, rows)


def table(request: Samplers, rows: Table) -> Json:
    """Samplers by step counts, with the time of each picture."""
    names = [row.sampler for row in rows]
    milliseconds = [ms for row in rows for ms in row.milliseconds]
    return tiles(np.concatenate([row.pictures for row in rows]), samplers=names, milliseconds=milliseconds)


def numbers(request: Samplers, rows: Table) -> Json:
    """Milliseconds by sampler and step count."""
    times = {row.sampler: dict(zip(map(str, COUNTS), plain(row.milliseconds), strict=True)) for row in rows}
    return {"milliseconds_by_sampler": times}


def still(request: Samplers, run: Sequence[Table]) -> Pictures:
    """A row of pictures for every sampler."""
    return Pictures([several(np.concatenate([row.pictures for row in run[-1]]), len(COUNTS))])


USE_CASE: UseCase[Samplers, Table] = UseCase(
    run=samplers,
    page=each(table),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    any_engine=True,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Samplers(),
)
