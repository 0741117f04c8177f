"""Make tokens of a picture, and a picture of the tokens (van den Oord et al., 2017, arXiv:1711.00937)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.data import images
from aigc_demo.services.dalle.drawing import autoencoder_of, patches, strip
from aigc_demo.services.dalle.requests import CODES, Rebuild
from aigc_demo.services.files import PICTURE, Pictures
from aigc_demo.services.page_values import Array, each, plain
from aigc_demo.services.scene_parts import picture_of, small
from aigc_demo.services.use_case import Json, UseCase

SCALE = 5  # times that a saved picture is enlarged
ROW = 32  # patches in a row of the codebook


@dataclass(frozen=True)
class Rebuilt:
    """A picture through its tokens and back. Pictures are (3, H, W) in [-1, 1]."""

    picture: Array
    rebuilt: Array
    tokens: Array  # (side, side)
    patches: Array  # (side * side, 3, h, w): the token of each cell among its like
    error: float  # mean absolute, where black is 0 and white is 1


@torch.inference_mode()
def rebuild(store: Store, request: Rebuild) -> Rebuilt:
    """The picture, its tokens, and what they make."""
    model = autoencoder_of(store)
    x = picture_of(store, request.sample, request.picture)
    quantised, rebuilt = model.eval()(x)
    rebuilt = rebuilt.clamp(-1, 1)
    tokens = quantised.tokens[0].cpu().numpy()
    error = float((rebuilt - x).abs().mean()) / 2
    return Rebuilt(x[0].cpu().numpy(), rebuilt[0].cpu().numpy(), tokens, patches(model, tokens.ravel().tolist()), error)


def gap(made: Rebuilt) -> Array:
    """How far both are apart, white where they agree."""
    return 1 - np.abs(made.picture - made.rebuilt)


def sheet(request: Rebuild, made: Rebuilt) -> Json:
    """Picture, rebuilt and difference in a strip; the patches in another."""
    pictures = np.stack([made.picture, made.rebuilt, gap(made)])
    size = {"w": pictures.shape[-1], "h": pictures.shape[-2]}
    return {"sheet": strip(pictures), "patches": strip(made.patches), **size, **numbers(request, made)}


def first_value(store: Store, request: Rebuild) -> Json:
    """As `sheet`, with the patch of every entry of the codebook, ROW in a row."""
    model = autoencoder_of(store)
    every = patches(model, range(model.config.codebook))
    rows = np.concatenate(
        [every[i : i + ROW].transpose(1, 2, 0, 3).reshape(3, every.shape[2], -1) for i in range(0, len(every), ROW)], 1
    )
    return {**sheet(request, rebuild(store, request)), "codebook": strip(rows[None]), "row": ROW}


def numbers(request: Rebuild, made: Rebuilt) -> Json:
    """Tokens row by row, how many are different ones, and the mean absolute error."""
    tokens: list[int] = made.tokens.ravel().tolist()
    return {"tokens": tokens, "side": len(made.tokens), "different": len(set(tokens)), "error": plain(made.error)}


def still(request: Rebuild, run: Sequence[Rebuilt]) -> Pictures:
    made = run[-1]
    return Pictures([images.grid(np.stack([made.picture, made.rebuilt, gap(made)]), 3, SCALE)])


USE_CASE: UseCase[Rebuild, Rebuilt] = UseCase(
    run=rebuild,
    page=each(sheet),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (CODES,),
    small=small,
    first=Rebuild(),
    first_value=first_value,
)
