"""Go from one sentence to another and from one noise to another, and draw every stop."""

from collections.abc import Iterator, Sequence

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.sampling.latent import lerp, slerp
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, counted, every, tiles
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Models
from aigc_demo.services.text2image.requests import Walk
from aigc_demo.services.text2image.words import checked
from aigc_demo.services.use_case import UseCase


@torch.inference_mode()
def walk(store: Store, request: Walk) -> Iterator[Step[Array]]:
    """All stops, (N, 3, 64, 64), after every denoising step: states of the texts along a line, noise along an arc.

    Samplers that need fresh noise get that of the first seed at every stop.
    """
    models = Models(store)
    first, last = models.states([checked(request.prompt), checked(request.prompt_to)]).chunk(2)
    noise = SeededNoise([request.seed_from] * request.frames, models.device)
    start = noise.draw(models.shape)[:1]
    end = SeededNoise([request.seed_to], models.device).draw(models.shape)
    shares = [i / (request.frames - 1) for i in range(request.frames)]
    x = torch.cat([slerp(start, end, share) for share in shares])
    denoise = models.denoiser(torch.cat([lerp(first, last, share) for share in shares]), "", request.guidance)
    run = models.run(denoise, x, models.timesteps(request.steps), request.sampler, noise)
    for done, moment in enumerate(run):
        yield Step(done, request.steps, models.decode(moment.estimate.x0))


def film(request: Walk, run: Sequence[Array]) -> Pictures:
    """There and back; the stops in rows as a still."""
    stops = [images.to_pil(picture, 4) for picture in run[-1]]
    return Pictures([*stops, *stops[-2:0:-1]], images.grid(run[-1], 8, 2))


USE_CASE: UseCase[Walk, Array] = UseCase(
    run=walk,
    page=every(3, lambda request, made: tiles(made)),
    numbers=counted,
    file=film,
    formats=("gif", "mp4", "png", "json"),
    any_engine=True,
    checkpoints=lambda request: drawing.ALL,
    first=Walk(),
)
