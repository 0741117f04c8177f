"""Models of the hub: looked up, opened, and drawn with through our own network and sampler."""

from collections.abc import Iterator
from pathlib import Path

import torch

from aigc_demo.core.steps import Step
from aigc_demo.pipelines import hub as library
from aigc_demo.pipelines.folder import FolderModel
from aigc_demo.pipelines.scheduler import Scheduler
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoise, Denoiser, clipped, thresholded
from aigc_demo.sampling.samplers import ddpm_large, sample, trailing_timesteps
from aigc_demo.services.diffusion.denoising import Frame
from aigc_demo.services.diffusion.requests import Hub
from aigc_demo.services.use_case import Json


class HubDesk:
    """Opens models of the hub; one is kept in memory."""

    def __init__(self, cache: Path, endpoint: str | None = None):
        self.hub = library.Hub(cache, endpoint)
        self._kept: FolderModel | None = None

    def describe(self, name: str) -> Json:
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

    def opened(self, name: str) -> Iterator[Step[FolderModel | None]]:
        """Megabytes while the weights travel, then the model."""
        if self._kept is None or self._kept.name != name:
            for step in self.hub.load(name):
                if step.value is not None:
                    self._kept = step.value
                yield Step(step.done, step.total, None)
        yield Step(1, 1, self._kept)

    def draw(self, request: Hub, device: str = "cpu") -> Iterator[Step[Frame | None]]:
        """Megabytes while the weights travel (value None), then a Frame per denoising step."""
        for step in self.opened(request.name):
            if step.value is None:
                yield Step(step.done, step.total, None)
            else:
                yield from drawn(step.value, request, device)


def bounded(denoise: Denoise, plan: Scheduler) -> Denoise:
    """`denoise` with the predicted picture thresholded or clipped as the model's files say."""
    if plan.threshold is not None:
        return thresholded(denoise, *plan.threshold)
    return denoise if plan.clip is None else clipped(denoise, plan.clip)


def drawn(opened: FolderModel, request: Hub, device: str) -> Iterator[Step[Frame | None]]:
    """A Frame per denoising step of an opened model."""
    model, null = opened.model.to(device), opened.model.config.unet.classes - 1
    plan = opened.scheduler
    label = torch.tensor([null], device=device) if opened.classes else None
    denoise = bounded(Denoiser(model, model.config.prediction, label, null), plan)
    noise = SeededNoise([request.seed], device)
    own = request.timesteps == "own"
    timesteps = plan.timesteps(request.steps) if own else trailing_timesteps(request.steps, len(plan.alpha_bar))
    sampler = ddpm_large if request.sampler == "ddpm" and plan.large_variance else request.sampler
    start = noise.draw(model.config.picture)
    for done, moment in enumerate(sample(denoise, start, timesteps, plan.alpha_bar, sampler, 0.0, noise)):
        parts = (moment.x, moment.estimate.x0, moment.estimate.eps)
        yield Step(done, len(timesteps), Frame(moment.timestep, moment.alpha_bar, *(x[0].cpu().numpy() for x in parts)))
