"""Results of the autoencoders as pictures and animations, in files that carry their run card."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.data import images
from aigc_demo.services import saving
from aigc_demo.services.vae import sheets
from aigc_demo.services.vae.colour import small
from aigc_demo.services.vae.requests import Draw, Shapes
from aigc_demo.services.vae.results import TRAVERSE, Array, Betas, Rebuilds, Shaped, SideBySide, Way

COLUMNS = 8  # of drawn pictures


def values(request: Any) -> dict[str, Any]:
    """The fields of a request, its pictures as small as the models saw them."""
    found = saving.values(request)
    return {**found, "picture": small(found["picture"])} if found.get("picture") else found


def file(request: Any, result: Any, format: str, card: Card) -> bytes:
    """What a use-case gave back (a list of it where it came in steps) as a file."""
    last = result[-1] if isinstance(result, list) else result
    moving = frames(request, last) if format in ("gif", "mp4") else []
    return saving.encode(moving or [still(request, last)], format, card, still(request, last))


def still(request: Any, result: Any) -> Image.Image:
    """A result as one picture."""
    tiles, _ = sheets.parts(result)
    if isinstance(result, Rebuilds):
        width = len(tiles) // len(result.rows)
        rows = [tiles[1 + i * width : 1 + (i + 1) * width] for i in range(len(result.rows))]
        return grid([tile for row in rows for tile in (tiles[0], *row)], width + 1)
    if isinstance(result, Way):
        return grid(tiles, len(result.straight))
    if isinstance(result, Betas | Shaped):
        blank = [np.zeros_like(tiles[0])] * (len(TRAVERSE) - 2)
        return grid([*tiles[:2], *blank, *tiles[2:]], len(TRAVERSE))
    if isinstance(result, SideBySide):
        return grid(tiles[:3], 3)
    return grid(tiles, COLUMNS if isinstance(request, Draw) else len(tiles))


def frames(request: Any, result: Any) -> list[Image.Image]:
    """A result that moves, there and back: a walk, or a code's dimensions; [] for what stands still."""
    if isinstance(result, Way):
        moments = np.stack([result.straight, result.arc, result.fade], axis=1)  # (N, 3, 28, 28)
    elif isinstance(result, Shaped):
        dimension = request.dimension if isinstance(request, Shapes) else 1
        moments = result.traversals[dimension - 1][:, None]  # (9, 1, 64, 64)
    elif isinstance(result, Betas):
        moments = result.traversals.swapaxes(0, 1)  # (9, D, 28, 28)
    else:
        return []
    there = [grid(list(moment), min(len(moment), COLUMNS)) for moment in moments]
    return [*there, *there[-2:0:-1]]


def grid(tiles: Sequence[Array], columns: int) -> Image.Image:
    """Pictures (H, W) or (3, H, W) in [0, 1], row by row, enlarged where there are few of them."""
    pictures = np.stack(tiles) * 2 - 1
    pictures = pictures if pictures.ndim == 4 else pictures[:, None]
    return images.grid(pictures, columns, max(1, min(8, 1200 // (columns * pictures.shape[-1]))))
