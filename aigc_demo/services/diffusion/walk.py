"""Go from the noise of one seed to the noise of another, and draw every stop."""

from collections.abc import Iterator, Sequence

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.sampling.latent import slerp
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.samplers import trailing_timesteps
from aigc_demo.services.diffusion.denoising import denoise, model_of, pictures, scale_of, several
from aigc_demo.services.diffusion.requests import CHECKPOINT, Walk
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, counted, every, tiles
from aigc_demo.services.use_case import UseCase


def walk(store: Store, request: Walk) -> Iterator[Step[Array]]:
    """All stops between the two seeds, (N, C, H, W), after every denoising step.

    Samplers that need fresh noise get that of the first seed at every stop.
    """
    model = model_of(store)
    noise = SeededNoise([request.seed_from] * request.frames, store.device)
    start = noise.draw(model.config.picture)[:1]
    end = SeededNoise([request.seed_to], store.device).draw(model.config.picture)
    x = torch.cat([slerp(start, end, i / (request.frames - 1)) for i in range(request.frames)])
    timesteps = trailing_timesteps(request.steps)
    run = denoise(model, x, [request.digit] * request.frames, request.guidance, timesteps, request.sampler, noise)
    yield from pictures(model, run, len(timesteps))


def film(request: Walk, run: Sequence[Array]) -> Pictures:
    """There and back; the stops in rows as a still."""
    stops = [images.to_pil(picture, scale_of(picture)) for picture in run[-1]]
    return Pictures([*stops, *stops[-2:0:-1]], several(run[-1], 8))


USE_CASE: UseCase[Walk, Array] = UseCase(
    run=walk,
    page=every(3, lambda request, made: tiles(made)),
    numbers=counted,
    file=film,
    formats=("gif", "mp4", "png", "json"),
    any_engine=True,
    kept=True,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Walk(),
)
