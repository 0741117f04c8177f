"""From the noise of one clip to that of another, and every clip between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.data import images
from aigc_demo.sampling.clips import denoise
from aigc_demo.sampling.latent import slerp
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.video.clips import (
    FORMATS,
    SCALE,
    Motion,
    clip_value,
    model_of,
    seen,
    sheet,
    told,
)
from aigc_demo.services.video.requests import CHECKPOINT, Walk


@dataclass(frozen=True)
class Stops:
    """Finished clips (N, T, H, W), and what is seen in each."""

    clips: Array
    motions: tuple[Motion, ...]


def walk(store: Store, request: Walk) -> Iterator[Step[Stops | None]]:
    """All stops at once; they come with the last step."""
    model = model_of(store)
    ends = SeededNoise([request.seed_from, request.seed_to], store.device).draw(model.config.shape)
    noise = torch.cat([slerp(ends[:1], ends[1:], i / (request.stops - 1)) for i in range(request.stops)])
    run = denoise(model, noise, [request.digit] * request.stops, request.guidance, request.steps)
    for done, moment in enumerate(run):
        x = moment.x
        yield Step(done, request.steps + 1, None)
    clips = model.unfold(x).cpu()
    yield Step(request.steps + 1, request.steps + 1, Stops(clips.numpy(), tuple(seen(store, clips))))


def shown(request: Walk, made: Stops) -> Json:
    """A sheet per stop, see clip.js."""
    motions = [[told(motion)] for motion in made.motions]
    return clip_value([sheet(clip) for clip in made.clips], ("picture",), range(request.stops), made.clips[0], motions)


def numbers(request: Walk, made: Stops) -> Json:
    """What is seen in every clip."""
    return {"clips": [told(motion) for motion in made.motions]}


def film(request: Walk, run: Sequence[Stops]) -> Pictures:
    """The clips of all stops side by side; as a still, a row per stop."""
    clips = run[-1].clips
    rows = [images.grid(np.ascontiguousarray(clips[:, i, None]), len(clips), SCALE // 2) for i in range(clips.shape[1])]
    return Pictures(rows, images.grid(clips.reshape(-1, 1, *clips.shape[2:]), clips.shape[1], 2))


USE_CASE: UseCase[Walk, Stops] = UseCase(
    run=walk,
    page=each(shown),
    numbers=numbers,
    file=film,
    formats=FORMATS,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Walk(),
)
