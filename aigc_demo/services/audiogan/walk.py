"""From the noise of one seed to the noise of another, every stop a sound."""

from collections.abc import Iterator

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.sampling.latent import slerp
from aigc_demo.services.audiogan.requests import CHECKPOINT, Walk
from aigc_demo.services.audiogan.sounding import Sounds, counted, made, saved, start_of, stops
from aigc_demo.services.files import SOUND
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import UseCase


def walk(store: Store, request: Walk) -> Iterator[Step[Sounds | None]]:
    """All stops between the two seeds, with the last step."""
    start, end = torch.split(start_of(store, [request.seed_from, request.seed_to]), 1)
    x = torch.cat([slerp(start, end, i / (request.stops - 1)) for i in range(request.stops)])
    yield from made(store, x, [request.digit] * request.stops, request.steps, request.guidance)


USE_CASE: UseCase[Walk, Sounds] = UseCase(
    run=walk,
    page=each(stops),
    numbers=counted,
    file=saved,
    formats=SOUND,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Walk(),
)
