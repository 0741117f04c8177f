"""Our network and sampler beside diffusers, and models of the hub in our own code."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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

PROBE = 600  # noise level at which the layers are compared


def beside(model: DiffusionModel, request: Beside) -> SideBySide:
    """Draw the same digit twice, and compare both results and every layer on the way."""
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

    def ours() -> Tensor:
        noise, start = begin()
        denoise = Denoiser(ours_net, model.config.prediction, label, null, scale)
        schedule = alpha_bar(model.config.schedule, model.config.levels)
        run = sample(denoise, start, levels(request.steps), schedule, request.sampler, 0.0, noise)
        return list(run)[-1].x.cpu()

    def theirs() -> Tensor:
        order = hf_image.LibraryDraw(request.sampler, request.steps, scale)
        noise, start = begin()
        return list(hf_image.draw(theirs_net, model.config, start, order, label, noise.generators))[-1].value.cpu()

    first, our_time = timed(ours)
    second, their_time = timed(theirs)
    table = parity.compare(ours_net, theirs_net, begin()[1], torch.tensor([PROBE], device=device), label)
    gap = (first - second).abs()
    rows = tuple((row.ours, row.theirs, row.maximum, row.mean) for row in table.rows)
    left, right = (model.unfold(x)[0].numpy() for x in (first, second))
    return SideBySide(left, right, float(gap.max()), float(gap.mean()), our_time, their_time, rows, table.first)


def timed(work: Callable[[], Tensor]) -> tuple[Tensor, float]:
    """The result, and milliseconds."""
    began = time.perf_counter()
    return work(), (time.perf_counter() - began) * 1000


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
