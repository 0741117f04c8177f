"""Draw with a Stable Diffusion model of the hub, through diffusers."""

import functools
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UnavailableError
from aigc_demo.core.steps import Step
from aigc_demo.data import images, scene_tokens
from aigc_demo.data.folder import data_folder
from aigc_demo.data.scenes import SIDE
from aigc_demo.pipelines.hub import MEGABYTE
from aigc_demo.pipelines.hub_stable import StableHub, open_stable
from aigc_demo.pipelines.stable_diffusion import to_stable_diffusion
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain, tiles
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.requests import OWN, Hub
from aigc_demo.services.use_case import Json, UseCase

WAIT = 0.2  # seconds between two looks at a run
WRONG = (ValueError, TypeError, KeyError, RuntimeError, AttributeError, ArithmeticError)  # what a mad config leads to


@dataclass(frozen=True)
class FromHub:
    picture: Array  # (3, H, W) in [-1, 1]
    filtered: bool  # whether the model's own safety checker has blacked it out


class StableDesk:
    """Opens Stable Diffusion models of the hub; one is kept in memory."""

    def __init__(self, cache: Path, endpoint: str | None = None):
        self.hub = StableHub(cache, endpoint)
        self._kept: tuple[str, Any] | None = None

    def describe(self, name: str) -> Json:
        """What the model is and how large, before its weights travel."""
        told: Json = plain(self.hub.about(name))
        return {name: told[name] for name in ("name", "megabytes", "scheduler", "side", "filtered", "licence")}

    def parameters(self, name: str) -> int:
        """Number of weights of the model that is kept; 0 for another one."""
        if self._kept is None or self._kept[0] != name:
            return 0
        modules = [part for part in self._kept[1].components.values() if isinstance(part, torch.nn.Module)]
        return sum(weight.numel() for part in modules for weight in part.parameters())

    def opened(self, name: str, device: str) -> Iterator[Step[Any]]:
        """Megabytes while the weights travel (value None), then the pipeline."""
        if self._kept is None or self._kept[0] != name:
            self._kept = None  # two of them may not fit into the memory
            for step in self.hub.bring(name):
                if step.value is not None:
                    self._kept = name, open_stable(step.value, name).to(device)
                yield Step(step.done, step.total + 1, None)
        assert self._kept is not None
        yield Step(1, 1, self._kept[1])

    def own(self, store: Store) -> Any:
        """Our own models as a StableDiffusionPipeline, with a scheduler that one can be saved with."""
        if self._kept is None or self._kept[0] != OWN:
            models = drawing.Models(store)
            pipeline = to_stable_diffusion(models.model, models.autoencoder, scene_tokens.PATH, saved=True)
            self._kept = OWN, pipeline.to(store.device)
        return self._kept[1]

    def draw(self, request: Hub, device: str = "cpu") -> Iterator[Step[FromHub | None]]:
        """Megabytes while the weights travel, then every step (value None), last the picture."""
        for step in self.opened(request.name, device):
            if step.value is None:
                yield Step(step.done, step.total, None)
            else:
                yield from drawn(step.value, request)


def drawn(pipeline: Any, request: Hub) -> Iterator[Step[FromHub | None]]:
    """Every step of a run of the pipeline (value None), then the picture. Who stops listening stops the run."""
    heard: queue.Queue[int] = queue.Queue()
    stopped = threading.Event()

    def after_step(pipeline: Any, step: int, timestep: Any, tensors: Any) -> Any:
        heard.put(step + 1)
        pipeline._interrupt = stopped.is_set()
        return tensors

    total, done = request.steps + 1, 0
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(
            pipeline,
            request.prompt,
            negative_prompt=request.negative or None,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance,
            generator=torch.Generator().manual_seed(request.seed),
            callback_on_step_end=after_step,
            output_type="np",
        )
        try:
            while not made.done():
                yield Step(done, total, None)
                try:
                    done = min(heard.get(timeout=WAIT), request.steps)
                except queue.Empty:
                    continue
        finally:
            stopped.set()
    try:
        found = made.result()
    except WRONG as error:
        raise UnavailableError("hub_damaged", name=request.name) from error
    picture = np.asarray(found.images[0], np.float32).transpose(2, 0, 1) * 2 - 1
    yield Step(total, total, FromHub(picture, any(found.nsfw_content_detected or ())))


@functools.cache
def desk() -> StableDesk:
    return StableDesk(data_folder("hub-stable"))


def describe(name: str) -> Json:
    """What a model of the hub is and how large, before its weights travel."""
    return own_facts() if name == OWN else desk().describe(name)


def own_facts() -> Json:
    """The same of our own model, which is here."""
    files = [catalogue.ASSETS / catalogue.checkpoint(id).file for id in drawing.ALL]
    megabytes = round(sum(file.stat().st_size for file in files if file.is_file()) / MEGABYTE, 1)
    facts = {"megabytes": megabytes, "scheduler": "DPMSolverMultistepScheduler", "side": SIDE, "filtered": False}
    return {"name": OWN, **facts, "licence": "apache-2.0"}


def hub(store: Store, request: Hub) -> Iterator[Step[FromHub | None]]:
    """Megabytes while the weights travel, then the steps (value None), last the picture."""
    yield from drawn(desk().own(store), request) if request.name == OWN else desk().draw(request, store.device)


def tile(request: Hub, made: FromHub) -> Json:
    """The picture for a mosaic, and whether it was blacked out."""
    return tiles(made.picture[None], rows=[""], columns=[""], notes=None, colour=True) | numbers(request, made)


def numbers(request: Hub, made: FromHub) -> Json:
    """Pixels each way, and whether the model's own safety checker has blacked the picture out."""
    return {"side": made.picture.shape[-1], "filtered": made.filtered}


def still(request: Hub, run: Sequence[FromHub]) -> Pictures:
    return Pictures([images.to_pil(run[-1].picture)])


USE_CASE: UseCase[Hub, FromHub] = UseCase(
    run=hub,
    page=each(tile),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    first=Hub(),
    parameters=lambda store, request: desk().parameters(request.name),
)
