"""Noise a picture up to a level, then denoise it from there (Meng et al., SDEdit, 2021, arXiv:2108.01073)."""

from collections.abc import Iterator
from dataclasses import replace

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.samplers import trailing_timesteps
from aigc_demo.sampling.schedules import add_noise, alpha_bar
from aigc_demo.services.diffusion.denoising import Frame, denoise, film, frames, model_of, numbers, real_digit, tile
from aigc_demo.services.diffusion.requests import CHECKPOINT, Redraw
from aigc_demo.services.files import ANIMATION
from aigc_demo.services.page_values import reel
from aigc_demo.services.use_case import UseCase


def redraw(store: Store, request: Redraw) -> Iterator[Step[Frame]]:
    """A Frame per denoising step from `level` down, then the finished picture."""
    model = model_of(store)
    noise = SeededNoise([request.seed], store.device)
    x0 = real_digit(store, request.sample, request.drawing).to(noise.device)
    schedule = alpha_bar(model.config.schedule, model.config.levels)
    x = add_noise(x0, noise.draw(model.config.picture), schedule[request.level])
    timesteps = trailing_timesteps(request.steps, model.config.levels, request.level)
    run = denoise(model, x, [request.digit], request.guidance, timesteps, request.sampler, noise)
    given = x0[0].cpu().numpy()
    for step in frames(model, run, len(timesteps)):
        yield replace(step, value=replace(step.value, given=given))


USE_CASE: UseCase[Redraw, Frame] = UseCase(
    run=redraw,
    page=reel(tile),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    any_engine=True,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Redraw(),
)
