"""Our network and sampler beside diffusers, same weights and noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step, timed
from aigc_demo.pipelines import convert, hf_image, parity
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.services.diffusion.denoising import model_of, several
from aigc_demo.services.diffusion.requests import ANY, CHECKPOINT, Beside
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.use_case import Json, UseCase

PROBE = 600  # noise level at which the layers are compared


@dataclass(frozen=True)
class SideBySide:
    """One digit drawn by us and by the library; pictures (C, H, W)."""

    ours: Array
    theirs: Array
    maximum: float  # largest absolute difference of the two
    mean: float  # mean absolute difference
    our_milliseconds: float
    their_milliseconds: float
    layers: parity.Figures
    first: int | None  # the first layer over the tolerance


def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Draw the same digit twice, then compare both results and every layer on the way. The value comes last."""
    model = model_of(store)
    null = model.config.unet.classes - 1
    digit = null if request.digit == ANY else request.digit
    device = next(model.parameters()).device
    label = torch.tensor([digit], device=device)
    scale = 1.0 if request.digit == ANY else request.guidance
    ours_net = model.unet if request.mistake == "none" else parity.with_mistake(model.unet, request.mistake)
    theirs_net = convert.to_library(model)

    def begin() -> tuple[SeededNoise, Tensor]:
        noise = SeededNoise([request.seed], device)
        return noise, model.fold(noise.draw(model.config.picture))

    def ours() -> Iterator[Tensor]:
        noise, start = begin()
        denoise = Denoiser(ours_net, model.config.prediction, label, null, scale)
        schedule = alpha_bar(model.config.schedule, model.config.levels)
        for moment in sample(denoise, start, trailing_timesteps(request.steps), schedule, request.sampler, 0.0, noise):
            yield moment.x.cpu()  # so that a GPU has really finished the step

    def theirs() -> Iterator[Tensor]:
        order = hf_image.LibraryDraw(request.sampler, request.steps, scale)
        noise, start = begin()
        for step in hf_image.draw(theirs_net, model.config, start, order, label, noise.generators):
            yield step.value.cpu()

    done, total, results, times = 0, 2 * request.steps + 1, [], []
    for run in (ours(), theirs()):
        for x, spent in timed(run):
            last, milliseconds = x, spent
            yield Step(done, total, None)
            done += 1
        results.append(last)
        times.append(milliseconds)
    table = parity.compare(ours_net, theirs_net, begin()[1], torch.tensor([PROBE], device=device), label)
    gap = (results[0] - results[1]).abs()
    rows = table.figures
    left, right = (model.unfold(x)[0].numpy() for x in results)
    made = SideBySide(left, right, float(gap.max()), float(gap.mean()), times[0], times[1], rows, table.first)
    yield Step(total, total, made)


def compared(request: Beside, made: SideBySide) -> Json:
    """Our picture, the library's, and how far they are apart (blank where they agree); the table of layers."""
    pictures = np.stack([made.ours, made.theirs, np.abs(made.ours - made.theirs) - 1])
    table = {"layers": made.layers, "first": made.first, "maximum": made.maximum, "mean": made.mean}
    table["tolerance"] = parity.TOLERANCE
    return tiles(pictures, milliseconds=[made.our_milliseconds, made.their_milliseconds], **table)


def numbers(request: Beside, made: SideBySide) -> Json:
    """Differences, times, and the first layer over the tolerance."""
    told: Json = plain(made)
    return told


def still(request: Beside, run: Sequence[SideBySide]) -> Pictures:
    return Pictures([several(np.stack([run[-1].ours, run[-1].theirs]), 2)])


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(compared),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Beside(),
)
