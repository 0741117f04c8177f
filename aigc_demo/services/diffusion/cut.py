"""A run of few steps against a longer run that is cut after as many: a snapshot of a long run is not a short run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.samplers import SamplerStep, trailing_timesteps
from aigc_demo.services.diffusion.denoising import denoise, model_of, seen, several
from aigc_demo.services.diffusion.requests import CHECKPOINT, Cut
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, tiles
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class CutRun:
    """A run of `few` steps against a longer run that was cut after as many; all (C, H, W)."""

    few: Array  # the finished picture of the short run
    cut: Array  # x_t of the long run after as many steps
    cut_x0: Array  # the clean picture that the long run predicted then
    many: Array  # the finished picture of the long run


def cut(store: Store, request: Cut) -> Iterator[Step[CutRun | None]]:
    """The value comes with the last step."""
    model = model_of(store)
    total = request.few + request.many + 2
    moments: list[SamplerStep] = []
    for count in (request.few, request.many):
        noise = SeededNoise([request.seed], store.device)
        x = noise.draw(model.config.picture)
        for moment in denoise(
            model, x, [request.digit], request.guidance, trailing_timesteps(count), request.sampler, noise
        ):
            yield Step(len(moments), total, None)
            moments.append(moment)
    first, then, last = moments[request.few], moments[2 * request.few + 1], moments[-1]
    few, cut, cut_x0, many = (seen(model, x)[0] for x in (first.x, then.x, then.estimate.x0, last.x))
    yield Step(total, total, CutRun(few, cut, cut_x0, many))


def four(request: Cut, made: CutRun) -> Json:
    """The four pictures and the step counts that they stand for."""
    pictures = np.stack([made.few, made.cut / 2, made.cut_x0, made.many])
    return tiles(pictures, few=request.few, many=request.many)


def numbers(request: Cut, made: CutRun) -> Json:
    """How far the finished pictures and the prediction are apart, as mean absolute difference in [0, 2]."""
    gap = {"few_to_many": made.few - made.many, "cut_x0_to_many": made.cut_x0 - made.many}
    return {name: float(f"{np.abs(difference).mean():.4g}") for name, difference in gap.items()}


def still(request: Cut, run: Sequence[CutRun]) -> Pictures:
    """Short run, cut run's prediction, long run."""
    return Pictures([several(np.stack([run[-1].few, run[-1].cut_x0, run[-1].many]), 3)])


USE_CASE: UseCase[Cut, CutRun] = UseCase(
    run=cut,
    page=each(four),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    any_engine=True,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Cut(),
)
