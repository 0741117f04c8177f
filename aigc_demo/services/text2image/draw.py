"""Draw what a sentence says."""

from collections.abc import Iterator
from dataclasses import replace

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data.scenes import SIDE
from aigc_demo.sampling.noise import SeededNoise, seeds_from
from aigc_demo.services import page_values
from aigc_demo.services.files import ANIMATION
from aigc_demo.services.page_values import Tile
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.drawing import Frame, Models
from aigc_demo.services.text2image.requests import UPSCALER, Draw
from aigc_demo.services.text2image.upscale import enlarged, network
from aigc_demo.services.text2image.words import claimed, pushed
from aigc_demo.services.use_case import Json, UseCase

ON_CARD = ("a dog in the middle, blue background", "two red apples on white", "右边有一只青蛙，黄色背景")
CARD_SEED, CARD_STEPS = 7, 10


@torch.inference_mode()
def draw(store: Store, request: Draw) -> Iterator[Step[Frame]]:
    """A Frame of `count` pictures per denoising step, then the finished ones."""
    claims, negative = claimed(request.prompt), pushed(request.negative)
    models = Models(store)
    noise = SeededNoise(seeds_from(request.seed, request.count), models.device)
    denoise = models.denoiser(models.states([request.prompt.strip()] * request.count), negative, request.guidance)
    run = models.run(denoise, noise.draw(models.shape), models.timesteps(request.steps), request.sampler, noise)
    for step in drawing.frames(models, run, request.steps, drawing.detector_of(store), claims):
        if request.size == SIDE or step.value is None or step.value.level >= 0:
            yield step
        else:
            large = enlarged(network(store), torch.from_numpy(step.value.x0)).numpy()
            yield replace(step, value=replace(step.value, large=large))


def program(request: Draw) -> str:
    """The program with diffusers, whose pipeline takes Euler's steps, and does not guide between 0 and 1."""
    return "text2image_draw_library" if request.sampler == "euler" and not 0 < request.guidance < 1 else ""


@torch.inference_mode()
def card(store: Store) -> Json:
    """Three sentences becoming pictures: a column per moment, a row per sentence."""
    models, count = Models(store), len(ON_CARD)
    noise = SeededNoise([CARD_SEED] * count, models.device)
    denoise = models.denoiser(models.states(ON_CARD), "", models.model.config.guidance)
    run = models.run(denoise, noise.draw(models.shape), models.timesteps(CARD_STEPS), "euler", noise)
    moments = [models.decode(moment.x) for moment in run]  # (count, 3, 64, 64) each
    panes = {f"colour-{row}": row for row in range(count)}
    sheet = page_values.sheet([Tile({name: x[row] for name, row in panes.items()}, 0) for x in moments])
    return drawing.light(page_values.moving(sheet, len(moments), list(panes), SIDE))


USE_CASE: UseCase[Draw, Frame] = UseCase(
    run=draw,
    page=drawing.page,
    numbers=drawing.numbers,
    file=drawing.film,
    formats=ANIMATION,
    kept=True,
    any_engine=True,
    checkpoints=lambda request: (*drawing.ALL, *((UPSCALER,) if request.size > SIDE else ())),
    library=program,
    first=Draw(),
    card=card,
    first_value=drawing.first_value(draw),
    warm=Draw(steps=1, count=1),
)
