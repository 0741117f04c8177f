"""Draw a digit out of noise."""

from collections.abc import Iterator

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.samplers import trailing_timesteps
from aigc_demo.services.diffusion.denoising import Frame, denoise, film, frames, model_of, numbers, tile
from aigc_demo.services.diffusion.requests import Draw
from aigc_demo.services.files import ANIMATION
from aigc_demo.services.page_values import reel
from aigc_demo.services.use_case import UseCase


def draw(store: Store, request: Draw) -> Iterator[Step[Frame]]:
    """A Frame per denoising step, then the finished picture."""
    model = model_of(store, request.checkpoint)
    noise = SeededNoise([request.seed], store.device)
    x = noise.draw(model.config.picture)
    timesteps = trailing_timesteps(request.steps)
    run = denoise(model, x, [request.digit], request.guidance, timesteps, request.sampler, noise, request.eta)
    yield from frames(model, run, request.steps)


USE_CASE: UseCase[Draw, Frame] = UseCase(
    run=draw,
    page=reel(tile),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    any_engine=True,
    kept=True,
    checkpoints=lambda request: (request.checkpoint,),
    first=Draw(),
    warm=Draw(steps=1),
)
