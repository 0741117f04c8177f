"""Models of the hub: looked up, opened, and drawn with through our own network and sampler."""

import functools
from collections.abc import Iterator
from pathlib import Path

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.models.diffusion import DiffusionModel
from aigc_demo.pipelines import hub as library
from aigc_demo.pipelines.folder import FolderModel
from aigc_demo.pipelines.pairs.unet import from_library, to_library
from aigc_demo.pipelines.scheduler import Scheduler, read_scheduler
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoise, Denoiser, clipped, thresholded
from aigc_demo.sampling.samplers import ddpm_large, sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.services.diffusion.denoising import Frame, model_of, seen
from aigc_demo.services.diffusion.requests import OWN, Hub
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


@functools.lru_cache(maxsize=1)  # it takes a while, and the weights of a store do not change
def own(store: Store) -> FolderModel:
    """Our digits by the way that a model of the hub takes: as a UNet2DModel, and from that into our U-Net."""
    ours = model_of(store)
    with torch.device("meta"):
        model = DiffusionModel(ours.config)
    model.unet = from_library(to_library(ours.unet))
    levels = alpha_bar(ours.config.schedule, ours.config.levels)
    betas = 1 - levels / torch.cat([levels.new_ones(1), levels[:-1]])
    settings = {
        "_class_name": "DDIMScheduler",
        "num_train_timesteps": len(levels),
        "trained_betas": betas.tolist(),
        "prediction_type": "v_prediction",
        "clip_sample": False,
    }
    return FolderModel(OWN, model.eval(), read_scheduler(settings, OWN), tuple(map(str, range(10))))


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
    start = model.fold(noise.draw(model.config.picture))  # those of the hub fold nothing
    for done, moment in enumerate(sample(denoise, start, timesteps, plan.alpha_bar, sampler, 0.0, noise)):
        parts = (moment.x, moment.estimate.x0, moment.estimate.eps)
        yield Step(done, len(timesteps), Frame(moment.timestep, moment.alpha_bar, *seen(model, torch.cat(parts))))
