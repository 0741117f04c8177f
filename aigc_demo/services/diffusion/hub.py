"""Draw with a DDPM or DDIM model of the hub, through our own network and sampler."""

import functools
from collections.abc import Iterator
from pathlib import Path

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines import hub as library
from aigc_demo.pipelines.folder import FolderModel
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoise, Denoiser, clipped
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.services.diffusion.denoising import Frame, film, numbers, tile
from aigc_demo.services.diffusion.requests import Hub
from aigc_demo.services.files import ANIMATION
from aigc_demo.services.page_values import reel
from aigc_demo.services.use_case import Json, UseCase


class HubModels:
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


def drawn(opened: FolderModel, request: Hub, device: str) -> Iterator[Step[Frame | None]]:
    """A Frame per denoising step of an opened model."""
    model, null = opened.model.to(device), opened.model.config.unet.classes - 1
    label = torch.tensor([null], device=device) if opened.classes else None
    denoise: Denoise = Denoiser(model, model.config.prediction, label, null)
    denoise = clipped(denoise) if opened.clip else denoise
    noise = SeededNoise([request.seed], device)
    timesteps = trailing_timesteps(request.steps, len(opened.alpha_bar))
    start = noise.draw(model.config.picture)
    for done, moment in enumerate(sample(denoise, start, timesteps, opened.alpha_bar, request.sampler, 0.0, noise)):
        parts = (moment.x, moment.estimate.x0, moment.estimate.eps)
        yield Step(done, len(timesteps), Frame(moment.timestep, moment.alpha_bar, *(x[0].cpu().numpy() for x in parts)))


@functools.cache
def models() -> HubModels:
    return HubModels(data_folder("hub"))


def describe(name: str) -> Json:
    """What a model of the hub is and how large, before its weights travel."""
    return models().describe(name)


def hub(store: Store, request: Hub) -> Iterator[Step[Frame | None]]:
    """Megabytes while the weights travel (value None), then a Frame per denoising step."""
    yield from models().draw(request, store.device)


USE_CASE: UseCase[Hub, Frame] = UseCase(
    run=hub,
    page=reel(tile),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    parameters=lambda store, request: 0,
)
