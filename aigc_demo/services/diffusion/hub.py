"""Draw with a DDPM or DDIM model of the hub, through our own network and sampler."""

import functools
from collections.abc import Iterator

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data.folder import data_folder
from aigc_demo.services.diffusion.denoising import Frame, film, numbers, tile
from aigc_demo.services.diffusion.library import HubDesk
from aigc_demo.services.diffusion.requests import Hub
from aigc_demo.services.files import ANIMATION
from aigc_demo.services.page_values import reel
from aigc_demo.services.use_case import Json, UseCase


@functools.cache
def desk() -> HubDesk:
    return HubDesk(data_folder("hub"))


def describe(name: str) -> Json:
    """What a model of the hub is and how large, before its weights travel."""
    return desk().describe(name)


def hub(store: Store, request: Hub) -> Iterator[Step[Frame | None]]:
    """Megabytes while the weights travel (value None), then a Frame per denoising step."""
    yield from desk().draw(request, store.device)


USE_CASE: UseCase[Hub, Frame] = UseCase(
    run=hub,
    page=reel(tile),
    numbers=numbers,
    file=film,
    formats=ANIMATION,
    parameters=lambda store, request: 0,
)
