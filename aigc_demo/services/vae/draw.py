"""Decode codes drawn from the prior."""

from collections.abc import Sequence

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, counted, each
from aigc_demo.services.use_case import Json, UseCase
from aigc_demo.services.vae.autoencoders import COLUMNS, codes, grid, label_of, model_of, pictures, sheet
from aigc_demo.services.vae.requests import ANY, Draw, of_kind

DRAWN = 64  # pictures from the prior


@torch.inference_mode()
def draw(store: Store, request: Draw) -> Array:
    """Codes drawn from the prior and decoded, (64, 28, 28); (64, 32, 32) or (64, 3, 32, 32) of a person's own model.

    A CVAE that is told no digit draws all ten, row by row, the columns sharing a code: (80, 28, 28).
    """
    model = model_of(store, asked(request))
    z = codes(store, request.seed, DRAWN, model.config.latent) * request.temperature
    if not of_all_digits(request):
        return pictures(model.paint(z, label_of(store, max(request.digit, 0)).expand(DRAWN)))
    label = torch.arange(10, device=z.device).repeat_interleave(COLUMNS)
    return pictures(model.paint(z[:COLUMNS].repeat(10, 1), label))


def asked(request: Draw) -> str:
    """The checkpoint that a request is answered with."""
    return request.checkpoint or of_kind(request.kind, request.code)


def of_all_digits(request: Draw) -> bool:
    """Whether there is a row for every digit."""
    return not request.checkpoint and request.kind == "cvae" and request.digit == ANY


def page(request: Draw, made: Array) -> Json:
    """The pictures in rows, with their digits where each row has one."""
    rows = [str(digit) for digit in range(10)] if of_all_digits(request) else [""] * (DRAWN // COLUMNS)
    colour = {"colour": True} if made.ndim == 4 else {}
    return sheet(made, rows=rows, columns=[""] * COLUMNS, notes=None, **colour)


def still(request: Draw, run: Sequence[Array]) -> Pictures:
    return Pictures([grid(run[-1], COLUMNS)])


USE_CASE: UseCase[Draw, Array] = UseCase(
    run=draw,
    page=each(page),
    numbers=counted,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (asked(request),),
    first=Draw(),
)
