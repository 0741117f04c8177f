"""The conditional model: from one class to another at one noise."""

from collections.abc import Sequence

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import Pictures
from aigc_demo.services.gan.drawing import (
    Way,
    lengths,
    limited,
    model_of,
    noise,
    none,
    shown,
    strips,
    there_and_back,
    usual_length,
    way_numbers,
)
from aigc_demo.services.gan.requests import CONDITIONAL, Morph, checkpoint
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import Json, UseCase


@torch.inference_mode()
def morph(store: Store, request: Morph) -> Way:
    """From one class to another: what stands for the class is mixed, the noise stays. The way is `arc`."""
    model = model_of(store, checkpoint(CONDITIONAL))
    z = limited(noise(model, [request.seed]), request.limit).expand(request.frames, -1)
    shares = torch.linspace(0, 1, request.frames, device=z.device)[:, None]
    label = torch.tensor([request.digit_from, request.digit_to], device=z.device)
    made = model.generator.between(z, label, shares).cpu().numpy()
    norms = z.norm(dim=1).cpu().numpy()
    return Way(none(model), made, norms[:0], norms, usual_length(model.config.noise))


def change(request: Morph, way: Way) -> Json:
    """The way, with the two classes."""
    says = "says_same" if request.digit_from == request.digit_to else "says"
    ends = {"first": request.digit_from, "last": request.digit_to}
    return shown(way.arc, ways=["arc"], says=says, **ends, **lengths(way))


def film(request: Morph, run: Sequence[Way]) -> Pictures:
    """There and back; the stops in a row as a still."""
    return Pictures(there_and_back(run[-1].arc[:, None]), strips(run[-1]))


USE_CASE: UseCase[Morph, Way] = UseCase(
    run=morph,
    page=each(change),
    numbers=way_numbers,
    file=film,
    formats=("gif", "mp4", "png", "json"),
    checkpoints=lambda request: (checkpoint(CONDITIONAL),),
    first=Morph(),
)
