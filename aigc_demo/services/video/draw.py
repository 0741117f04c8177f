"""A clip of one or two moving digits out of noise.

Digits do not meet, so that a clip of two is two clips of one, laid over each other: the network draws both in one
batch, the second from the next noise of the seed.
"""

from collections.abc import Iterator

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.sampling.clips import denoise
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.page_values import Tile, reel
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.video.clips import FORMATS, Moment, film, model_of, moments, noisy, numbers, over, page
from aigc_demo.services.video.requests import CHECKPOINT, NONE, Draw


def draw(store: Store, request: Draw) -> Iterator[Step[Moment]]:
    """A Moment per denoising step, then the finished clip."""
    model = model_of(store)
    digits = [request.digit] if request.second == NONE else [request.digit, request.second]
    source = SeededNoise([request.seed], store.device)
    noise = torch.cat([source.draw(model.config.shape) for _ in digits])
    run = denoise(model, noise, digits, request.guidance, request.steps)
    yield from moments(store, model, run, request.steps)


def card(store: Store) -> Json:
    """The first clip at three noise levels, side by side, as they move on the card of the landing page."""
    found = [step.value for step in draw(store, Draw())]
    stages = {"x": over(noisy(found[3])), "x0": over(found[3].x0), "end": over(found[-1].x)}
    frames = [Tile({name: clip[i : i + 1] for name, clip in stages.items()}, i) for i in range(len(stages["end"]))]
    *_, last = reel(lambda tile: tile)(Draw(), (Step(i + 1, len(frames), tile) for i, tile in enumerate(frames)))
    return last.value or {}


USE_CASE: UseCase[Draw, Moment] = UseCase(
    run=draw,
    page=page,
    numbers=numbers,
    file=film,
    formats=FORMATS,
    kept=True,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Draw(),
    card=card,
    warm=Draw(steps=1),
)
