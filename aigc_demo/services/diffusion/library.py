"""Our network and sampler beside diffusers, and models of the hub in our own code."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from aigc_demo.core.steps import Step
from aigc_demo.models.diffusion import DiffusionModel
from aigc_demo.pipelines import convert, hf_image, parity
from aigc_demo.pipelines.folder import FolderModel
from aigc_demo.pipelines.hub import Hub
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoise, Denoiser, clipped
from aigc_demo.sampling.samplers import levels, sample
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.services.diffusion.requests import ANY, Beside
from aigc_demo.services.diffusion.requests import Hub as HubRequest
from aigc_demo.services.diffusion.results import Frame, SideBySide

T = TypeVar("T")
PROBE = 600  # noise level at which the layers are compared


def beside(model: DiffusionModel, request: Beside) -> Iterator[Step[SideBySide | None]]:
    """Draw the same digit twice, then compare both results and every layer on the way."""
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
        for moment in sample(denoise, start, levels(request.steps), schedule, request.sampler, 0.0, noise):
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
    rows = tuple((row.ours, row.theirs, row.maximum, row.mean) for row in table.rows)
    left, right = (model.unfold(x)[0].numpy() for x in results)
    made = SideBySide(left, right, float(gap.max()), float(gap.mean()), times[0], times[1], rows, table.first)
    yield Step(total, total, made)


def timed(work: Iterator[T]) -> Iterator[tuple[T, float]]:
    """Everything that comes, with the milliseconds that were spent on it and all before it; waits are not counted."""
    spent, began = 0.0, time.perf_counter()
    for made in work:
        spent += time.perf_counter() - began
        yield made, spent * 1000
        began = time.perf_counter()


class HubDesk:
    """Opens models of the hub, one kept in memory."""

    def __init__(self, cache: Path, endpoint: str | None = None):
        self.hub = Hub(cache, endpoint)
        self._kept: FolderModel | None = None

    def describe(self, name: str) -> dict[str, Any]:
        """What the model is and how large, before its weights travel."""
        about = self.hub.describe(name)
        return {
            "name": about.name,
            "megabytes": about.megabytes,
            "pipeline": about.pipeline,
            "picture": list(about.picture),
            "classes": len(about.classes),
            "licence": about.licence,
        }

    def draw(self, request: HubRequest, device: str = "cpu") -> Iterator[Step[Frame | None]]:
        """Yield megabytes while the weights travel (value None), then a Frame per denoising step."""
        opened = self._kept if self._kept and self._kept.name == request.name else None
        if opened is None:
            for step in self.hub.load(request.name):
                opened = step.value
                yield Step(step.done, step.total, None)
        assert opened is not None
        self._kept = opened
        model, null = opened.model.to(device), opened.model.config.unet.classes - 1
        label = torch.tensor([null], device=device) if opened.classes else None
        denoise: Denoise = Denoiser(model, model.config.prediction, label, null)
        denoise = clipped(denoise) if opened.clip else denoise
        noise = SeededNoise([request.seed], device)
        visit = levels(request.steps, len(opened.alpha_bar))
        start = noise.draw(model.config.picture)
        for done, moment in enumerate(sample(denoise, start, visit, opened.alpha_bar, request.sampler, 0.0, noise)):
            parts = (moment.x, moment.estimate.x0, moment.estimate.eps)
            yield Step(done, len(visit), Frame(moment.level, moment.alpha_bar, *(x[0].cpu().numpy() for x in parts)))
