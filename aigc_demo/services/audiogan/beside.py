"""Our network and sampler beside plain PyTorch and diffusers' schedulers, same weights and noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step, timed
from aigc_demo.pipelines import hf_image
from aigc_demo.pipelines.plain_codes import PlainCodes
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.audiogan.requests import CHECKPOINT, Beside
from aigc_demo.services.audiogan.sounding import Sounds, denoise, heard, model_of, saved, shown
from aigc_demo.services.files import SOUND, Sound
from aigc_demo.services.page_values import each, plain
from aigc_demo.services.use_case import Json, UseCase


@dataclass(frozen=True)
class SideBySide:
    """One digit made by us and by the library."""

    sounds: Sounds  # ours, theirs
    maximum: float  # largest absolute difference of the two spectrograms, which go from -1 to 1
    mean: float
    samples: float  # largest absolute difference of the two sounds, of full scale
    our_milliseconds: float  # of the denoising
    their_milliseconds: float


def beside(store: Store, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Make the same digit twice, then compare. The value comes last."""
    model = model_of(store)
    label = torch.tensor([request.digit], device=store.device)
    order = hf_image.LibraryDraw(request.sampler, request.steps, request.guidance)

    def begin() -> tuple[SeededNoise, Tensor]:
        noise = SeededNoise([request.seed], store.device)
        return noise, noise.draw((model.config.code, 1, 1))

    def ours() -> Iterator[Tensor]:
        noise, x = begin()
        run = denoise(model, x, [request.digit], request.guidance, request.steps, request.sampler, noise)
        return (moment.x.cpu() for moment in run)  # so that a GPU has really finished the step

    def theirs() -> Iterator[Tensor]:
        noise, x = begin()
        run = hf_image.draw(PlainCodes(model), model.config, x, order, label, noise.generators)
        return (step.value.cpu() for step in run)

    for run in (ours(), theirs()):
        next(run)  # what only a first call costs, the library's import among it, is not the denoising's
    done, total, codes, times = 0, 2 * request.steps + 2, [], []
    for run in (ours(), theirs()):
        for x, spent in timed(run):
            last, milliseconds = x, spent
            yield Step(done, total, None)
            done += 1
        codes.append(last)
        times.append(milliseconds)
    with torch.inference_mode():
        pictures = model.decode(torch.cat(codes).to(store.device))
    sounds = heard(pictures)
    gap, apart = np.abs(np.diff(sounds.pictures, axis=0)), np.abs(np.diff(sounds.samples, axis=0))
    made = SideBySide(sounds, float(gap.max()), float(gap.mean()), float(apart.max()), times[0], times[1])
    yield Step(total, total, made)


def numbers(request: Beside, made: SideBySide) -> Json:
    """Differences and times."""
    names = ("maximum", "mean", "samples", "our_milliseconds", "their_milliseconds")
    return {name: plain(getattr(made, name)) for name in names}


def value(request: Beside, made: SideBySide) -> Json:
    """Both sounds, and how far they are apart."""
    return {**shown(made.sounds, []), **numbers(request, made)}


def both(request: Beside, run: Sequence[SideBySide]) -> Sound:
    return saved(request, [run[-1].sounds])


USE_CASE: UseCase[Beside, SideBySide] = UseCase(
    run=beside,
    page=each(value),
    numbers=numbers,
    file=both,
    formats=SOUND,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Beside(),
)
