"""Results of the translators as pictures and animations, in files that carry their run card; and uploads made small."""

import dataclasses
from typing import Any

import numpy as np
from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.data import images
from aigc_demo.services import saving
from aigc_demo.services.cyclegan import sheets
from aigc_demo.services.cyclegan.results import Array, Compared, Translated

SIDE = 64  # pixels
STEPS = 12  # of a cross-fade
HELD = 8  # frames that a picture stands still


def brought(url: str) -> Array:
    """A picture of any size as a data URL -> what the models see of it, (3, 64, 64) float in [-1, 1], on white."""
    return images.square(images.from_data_url(url), SIDE, whole=True)


def small(url: str) -> str:
    """The same as a data URL of 64 x 64 pixels; made small again it stays the same."""
    return images.to_data_url(images.to_pil(brought(url)))


def values(request: Any) -> dict[str, Any]:
    """The fields of a request, its picture as small as the models saw it."""
    found = dataclasses.asdict(request)
    return {**found, "picture": small(found["picture"])} if found.get("picture") else found


def file(request: Any, result: Any, format: str, card: Card) -> bytes:
    """What a use-case gave back as a file."""
    moving = frames(result) if format in ("gif", "mp4") else []
    return saving.encode(moving or [still(result)], format, card, still(result))


def still(result: Translated | Compared) -> Image.Image:
    """A result as one picture."""
    tiles, _ = sheets.parts(result)
    if isinstance(result, Compared):
        return grid(tiles, len(result.truth))
    if result.truth is None:
        return grid([*tiles[:3], *tiles[4:7]], 3)
    return grid([*tiles[:3], result.truth, *tiles[3:7]], 4)


def frames(result: Translated | Compared) -> list[Image.Image]:
    """A result that moves: from the picture to its translation and back again."""
    if isinstance(result, Compared):
        ends = [result.nothing, result.cycle, result.nothing]
    else:
        ends = [end[None] for end in (result.picture, result.there, result.back)]
    moments: list[Array] = []
    for start, end in zip(ends, ends[1:], strict=False):
        moments += [start] * HELD
        moments += [start + (end - start) * step / STEPS for step in range(1, STEPS + 1)]
    return [grid(list(moment), len(moment)) for moment in [*moments, *[ends[-1]] * HELD]]


def grid(tiles: list[Array], columns: int) -> Image.Image:
    """Pictures (3, H, W) in [0, 1], row by row, enlarged where there are few of them."""
    pictures = np.stack(tiles) * 2 - 1
    return images.grid(pictures, columns, max(1, min(4, 1200 // (columns * SIDE))))
