"""Go from one digit to another: straight through the code, along an arc, and by cross-fading pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.vae import VAE
from aigc_demo.sampling.latent import lerp, slerp
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.files import Pictures
from aigc_demo.services.page_values import Array, each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae.autoencoders import grid, model_of, pictures, read, rounded, seen, sheet, there_and_back
from aigc_demo.services.vae.requests import Walk, of_kind


@dataclass(frozen=True)
class Way:
    """Three ways between two digits, (N, 28, 28) each, and the length of the code on the first two, (N,)."""

    straight: Array
    arc: Array
    fade: Array  # of the pixels of the two ends
    straight_norm: Array
    arc_norm: Array


@torch.inference_mode()
def walk(store: Store, request: Walk) -> Way:
    """All three ways; they begin and end with the same two rebuilt pictures. A CVAE's class is mixed along the way."""
    model = model_of(store, of_kind(request.kind, request.code))
    (start, first), (end, last) = ends(store, request, model)
    shares = torch.linspace(0, 1, request.frames).tolist()
    classes = torch.cat([lerp(first, last, share) for share in shares])
    straight = torch.cat([lerp(start, end, share) for share in shares])
    arc = torch.cat([slerp(start, end, share) for share in shares])
    painted = model.paint(straight, classes)
    fade = torch.cat([lerp(painted[:1], painted[-1:], share) for share in shares])
    norms = [code.norm(dim=1).cpu().numpy() for code in (straight, arc)]
    return Way(pictures(painted), pictures(model.paint(arc, classes)), pictures(fade), *norms)


def ends(store: Store, request: Walk, model: VAE) -> list[tuple[Tensor, Tensor]]:
    """Code (1, D) and class (1, 10), as shares, of both ends."""
    if request.random:
        streams = [SeededNoise([seed], store.device) for seed in (request.seed, (request.seed + 1) % 2**32)]
        codes = [stream.draw((model.config.latent,)) for stream in streams]
        classes = [torch.randint(10, (1,), generator=stream.generators[0]) for stream in streams]
        return [(z, hot(label.to(z.device))) for z, label in zip(codes, classes, strict=True)]
    chosen = ((request.sample_from, request.drawing_from), (request.sample_to, request.drawing_to))
    found = [seen(store, sample, drawing) for sample, drawing in chosen]
    labels = [hot(read(store, x)) for x in found]
    return [(model.encode(x, label).mean, label) for x, label in zip(found, labels, strict=True)]


def hot(label: Tensor) -> Tensor:
    """Classes (B,) as shares (B, 10)."""
    return F.one_hot(label, 10).float()


def numbers(request: Walk, made: Way) -> Json:
    """The length of the code at every stop of both ways through it."""
    return {"straight_norm": rounded(made.straight_norm), "arc_norm": rounded(made.arc_norm)}


def page(request: Walk, made: Way) -> Json:
    """Every way in full; with how long a code of the prior is on average, the mean of a chi distribution."""
    half = request.code / 2
    typical = math.sqrt(2) * math.exp(math.lgamma(half + 0.5) - math.lgamma(half))
    return sheet([*made.straight, *made.arc, *made.fade], **numbers(request, made), typical=typical)


def film(request: Walk, run: Sequence[Way]) -> Pictures:
    """The three ways side by side, there and back; as a still, a row for each."""
    made = run[-1]
    moments = np.stack([made.straight, made.arc, made.fade], axis=1)  # (N, 3, 28, 28)
    still = grid([*made.straight, *made.arc, *made.fade], len(made.straight))
    return Pictures(there_and_back(moments), still)


USE_CASE: UseCase[Walk, Way] = UseCase(
    run=walk,
    page=each(page),
    numbers=numbers,
    file=film,
    formats=("gif", "mp4", "png", "json"),
    checkpoints=lambda request: (of_kind(request.kind, request.code),),
    first=Walk(),
)
