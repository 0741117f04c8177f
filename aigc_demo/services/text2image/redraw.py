"""Start from a picture, noised part of the way, and draw what the sentence says (SDEdit, 2021, arXiv:2108.01073)."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.schedules import add_noise
from aigc_demo.services.files import ANIMATION
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Frame, Models
from aigc_demo.services.text2image.requests import Inpaint, Redraw
from aigc_demo.services.text2image.words import checked, claimed
from aigc_demo.services.use_case import R, UseCase


def start_of(models: Models, request: Redraw | Inpaint) -> Tensor:
    """The code (1, C, H, W) to start from: of the picture, else of what the sentence about it draws."""
    if request.picture:
        return models.encode(torch.from_numpy(drawing.uploaded(request.picture))[None])
    return drawn(models, request)


def drawn(models: Models, request: Redraw | Inpaint) -> Tensor:
    """The code of what the sentence about the start draws, from the same seed."""
    return drawing.drawn(models, checked(request.source), request.seed, request.steps, request.guidance)


@torch.inference_mode()
def redraw(store: Store, request: Redraw) -> Iterator[Step[Frame]]:
    """A Frame per denoising step from the level of `strength` down, then the finished picture."""
    claims, models = claimed(request.prompt), Models(store)
    x0 = start_of(models, request)
    noise = SeededNoise([request.seed + 1], models.device)  # not the noise that the start was drawn out of
    level = max(round(request.strength * models.model.config.levels) - 1, 0)
    timesteps = models.timesteps(request.steps, level)
    x = add_noise(x0, noise.draw(models.shape), models.schedule[level])
    denoise = models.denoiser(models.states([request.prompt.strip()]), "", request.guidance)
    run = models.run(denoise, x, timesteps, request.sampler, noise)
    yield from drawing.frames(models, run, len(timesteps), drawing.detector_of(store), claims, x0)


def from_picture(run: Callable[[Store, R], Iterator[Step[Frame]]], first: R) -> UseCase[R, Frame]:
    """The use case that draws a picture out of another one as `run` does."""
    return UseCase(
        run=run,
        page=drawing.page,
        numbers=drawing.numbers,
        file=drawing.film,
        formats=ANIMATION,
        any_engine=True,
        checkpoints=lambda request: drawing.ALL,
        small=drawing.small,
        first=first,
        first_value=drawing.first_value(run),
    )


USE_CASE: UseCase[Redraw, Frame] = from_picture(redraw, Redraw())
