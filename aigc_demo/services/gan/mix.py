"""Calculate with the noise of three pictures: a - b + c (Radford et al., 2015, arXiv:1511.06434, figure 7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import ANIMATION, Pictures
from aigc_demo.services.gan.draw import draw, sheet
from aigc_demo.services.gan.drawing import (
    classes_of,
    grid,
    model_of,
    noise,
    painted,
    rounded,
    shown,
    there_and_back,
    usual_length,
)
from aigc_demo.services.gan.requests import CONDITIONAL, POOL, Mix, asked, checkpoint
from aigc_demo.services.page_values import Array, each, size
from aigc_demo.services.use_case import Json, UseCase

STOPS = 7  # pictures from c to the result


@dataclass(frozen=True)
class Mixed:
    """a, b, c and the result; then the way there, from strength 0 on."""

    pictures: Array  # (4, C, H, W): a, b, c, a - b + c made as long as c
    raw: Array  # (1, C, H, W): the same without its length mended
    way: Array  # (STOPS, C, H, W) from c to the asked strength
    norms: tuple[float, ...]  # length of a, b, c and of the raw result
    usual: tuple[float, float]  # length of noise: 2.5 % and 97.5 % of what is drawn lies below


@torch.inference_mode()
def mix(store: Store, request: Mix) -> Mixed:
    """c + strength (a - b) in noise, then made as long as c: the generator has practised on no other length."""
    model = model_of(store, asked(request))
    seeds = [request.seed_a, request.seed_b, request.seed_c]
    z = noise(model, seeds)
    a, b, c = z[:1], z[1:2], z[2:]
    way = torch.cat([c + share * request.strength * (a - b) for share in torch.linspace(0, 1, STOPS).tolist()])
    raw = way[-1:]
    mended = way / way.norm(dim=1, keepdim=True).clamp(min=1e-6) * c.norm()
    told = classes_of(model, [request.seed_c] * STOPS, request.digit)
    own = classes_of(model, seeds, request.digit)
    pictures = torch.cat([painted(model, z, own), painted(model, mended[-1:], told[:1])])
    made = [x.cpu().numpy() for x in (pictures, painted(model, raw, told[:1]), painted(model, mended, told))]
    norms = tuple(torch.cat([z, raw]).norm(dim=1).tolist())
    return Mixed(made[0], made[1], made[2], norms, usual_length(model.config.noise))


def equation(request: Mix, mixed: Mixed) -> Json:
    """a, b, c, their sum with its length mended, the sum as it is; then the way there."""
    seeds = [request.seed_a, request.seed_b, request.seed_c]
    told = {"seeds": seeds, "told": asked(request) == checkpoint(CONDITIONAL)}
    return shown(np.concatenate([mixed.pictures, mixed.raw, mixed.way]), **told, **lengths(mixed))


def lengths(mixed: Mixed) -> Json:
    """How long a, b, c and their sum are, and between which lengths noise usually is."""
    return {"norms": rounded(mixed.norms), "usual": rounded(mixed.usual)}


def film(request: Mix, run: Sequence[Mixed]) -> Pictures:
    """The way there and back; a, b, c, both sums and the way as a still."""
    mixed = run[-1]
    blank = np.ones((STOPS - 5, *mixed.raw.shape[1:]), np.float32)
    rows = np.concatenate([mixed.pictures, mixed.raw, blank, mixed.way])
    return Pictures(there_and_back(mixed.way[:, None]), grid(rows, STOPS))


def first_value(store: Store, request: Mix) -> Json:
    """With the pictures that a, b and c are chosen from."""
    return {**equation(request, mix(store, request)), "pool": sheet(POOL, draw(store, POOL))}


USE_CASE: UseCase[Mix, Mixed] = UseCase(
    run=mix,
    page=each(equation),
    numbers=lambda request, mixed: {**size(mixed.way), **lengths(mixed)},
    file=film,
    formats=ANIMATION,
    any_engine=True,
    checkpoints=lambda request: (asked(request),),
    first=Mix(),
    first_value=first_value,
)
