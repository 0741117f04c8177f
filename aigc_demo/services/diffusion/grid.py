"""Every digit from the same seeds: class by seed."""

from collections.abc import Iterator, Sequence

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.sampling.noise import SeededNoise, seeds_from
from aigc_demo.sampling.samplers import trailing_timesteps
from aigc_demo.services.diffusion.denoising import denoise, model_of, pictures, several
from aigc_demo.services.diffusion.requests import CHECKPOINT, Grid
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, counted, every, tiles
from aigc_demo.services.use_case import Json, UseCase


def grid(store: Store, request: Grid) -> Iterator[Step[Array]]:
    """Ten digits by `seeds` seeds, row by row, (10 * seeds, C, H, W), after every denoising step."""
    model = model_of(store)
    labels = [digit for digit in range(10) for _ in range(request.seeds)]
    noise = SeededNoise(seeds_from(request.seed, request.seeds) * 10, store.device)
    x = noise.draw(model.config.picture)
    timesteps = trailing_timesteps(request.steps)
    run = denoise(model, x, labels, request.guidance, timesteps, request.sampler, noise)
    yield from pictures(model, run, len(timesteps))


def table(request: Grid, made: Array) -> Json:
    """The grid with digits beside the rows and seeds above the columns."""
    seeds = map(str, seeds_from(request.seed, request.seeds))
    return tiles(made, rows=[str(digit) for digit in range(10)], columns=list(seeds), notes=None)


def film(request: Grid, run: Sequence[Array]) -> Pictures:
    return Pictures([several(made, request.seeds) for made in run])


USE_CASE: UseCase[Grid, Array] = UseCase(
    run=grid,
    page=every(2, table),
    numbers=counted,
    file=film,
    formats=("png", "gif", "json"),
    any_engine=True,
    kept=True,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Grid(),
)
