"""Go from the picture of one seed to that of another: straight and along the sphere, or once around a circle."""

import math
from collections.abc import Sequence

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.sampling.latent import lerp, slerp
from aigc_demo.services.files import Pictures
from aigc_demo.services.gan.drawing import (
    Way,
    classes_of,
    lengths,
    limited,
    model_of,
    noise,
    none,
    painted,
    shown,
    strips,
    there_and_back,
    usual_length,
    way_numbers,
    ways_of,
)
from aigc_demo.services.gan.requests import CONDITIONAL, Walk, asked, checkpoint
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import Json, UseCase


@torch.inference_mode()
def walk(store: Store, request: Walk) -> Way:
    """From one picture to another; both ways have the same ends. The class stays that of the first."""
    model = model_of(store, asked(request))
    ends = limited(noise(model, [request.seed_from, request.seed_to]), request.limit)
    start, end = ends[:1], ends[1:]
    label = classes_of(model, [request.seed_from] * request.frames, request.digit)
    shares = torch.linspace(0, 1, request.frames).tolist()
    if request.circle:
        turns = [2 * math.pi * share for share in shares]
        arc = torch.cat([math.cos(turn) * start + math.sin(turn) * end for turn in turns])
        straight = arc[:0]
    else:
        arc = torch.cat([slerp(start, end, share) for share in shares])
        straight = torch.cat([lerp(start, end, share) for share in shares])
    made = [painted(model, z, label).cpu().numpy() if len(z) else none(model) for z in (straight, arc)]
    norms = [z.norm(dim=1).cpu().numpy() for z in (straight, arc)]
    return Way(made[0], made[1], norms[0], norms[1], usual_length(model.config.noise))


def both(request: Walk, way: Way) -> Json:
    """The straight way, if there is one, then the arc, and what is to be said of them."""
    same = request.seed_from == request.seed_to
    says = "says_same" if same else "says_circle" if request.circle else "says"
    told = {"told": asked(request) == checkpoint(CONDITIONAL), "round": request.circle, "says": says}
    ways = ["arc"] if request.circle else ["straight", "arc"]
    return shown(np.concatenate(ways_of(way)), ways=ways, **told, **lengths(way))


def film(request: Walk, run: Sequence[Way]) -> Pictures:
    """There and back, both ways side by side; a circle round and round. The stops in rows as a still."""
    frames = there_and_back(np.stack(ways_of(run[-1]), axis=1))  # (F, ways, C, H, W)
    return Pictures(frames[: request.frames - 1] if request.circle else frames, strips(run[-1]))


USE_CASE: UseCase[Walk, Way] = UseCase(
    run=walk,
    page=each(both),
    numbers=way_numbers,
    file=film,
    formats=("gif", "mp4", "png", "json"),
    any_engine=True,
    checkpoints=lambda request: (asked(request),),
    first=Walk(),
)
