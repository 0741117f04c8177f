"""Draw with a DDPM or DDIM model of the hub, through our own network and sampler."""

import functools
from collections.abc import Iterator

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines.hub import MEGABYTE
from aigc_demo.services.diffusion.denoising import Frame, film, model_of, numbers, tile
from aigc_demo.services.diffusion.library import HubDesk, drawn, own
from aigc_demo.services.diffusion.requests import CHECKPOINT, OWN, Hub
from aigc_demo.services.files import ANIMATION
from aigc_demo.services.page_values import reel
from aigc_demo.services.use_case import Json, UseCase


@functools.cache
def desk() -> HubDesk:
    return HubDesk(data_folder("hub"))


def describe(name: str) -> Json:
    """What a model of the hub is and how large, before its weights travel."""
    return own_facts() if name == OWN else desk().describe(name)


def own_facts() -> Json:
    """The same of our own model, which is here."""
    file = catalogue.ASSETS / catalogue.checkpoint(CHECKPOINT).file
    megabytes = round(file.stat().st_size / MEGABYTE, 1) if file.is_file() else 0
    facts = {"megabytes": megabytes, "pipeline": "UNet2DModel", "picture": [1, 32, 32], "classes": 10}
    return {"name": OWN, **facts, "licence": "apache-2.0"}


def hub(store: Store, request: Hub) -> Iterator[Step[Frame | None]]:
    """Megabytes while the weights travel (value None), then a Frame per denoising step."""
    yield from drawn(own(store), request, store.device) if request.name == OWN else desk().draw(request, store.device)


USE_CASE: UseCase[Hub, Frame] = UseCase(
    run=hub,
    page=reel(tile),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    parameters=lambda store, request: (
        sum(x.numel() for x in model_of(store).parameters()) if request.name == OWN else 0
    ),
    first=Hub(),
)
