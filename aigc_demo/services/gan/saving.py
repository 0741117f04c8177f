"""Results with pictures as files that carry their run card: sheets, and what moves as GIF or MP4."""

from functools import singledispatch
from typing import Any

import numpy as np
from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.data import images
from aigc_demo.services import saving
from aigc_demo.services.gan import sheets
from aigc_demo.services.gan.requests import Walk
from aigc_demo.services.gan.results import Drawn, Lineup, Mixed, Pictures, Verdict, Way

COLUMNS = 8  # of drawn pictures
WIDE = 20  # pictures in a row of those that a critic looked at, from the highest score to the lowest
STRIP = 25  # pictures in a row of a way's sheet
WIDEST, STILL = 640, 1200  # pixels of an animation and of a sheet, about


def file(request: Any, result: Any, format: str, card: Card) -> bytes:
    """What a use-case gave back as a file."""
    moving = frames(request, result) if format in ("gif", "mp4") else []
    picture = still(result)
    return saving.encode(moving or [picture], format, card, picture)


@singledispatch
def still(result: Any) -> Image.Image:
    """A result as one picture; another kind of result joins with `still.register`."""
    tiles, _ = sheets.parts(result)
    return grid(tiles, min(COLUMNS, len(tiles)))


@still.register
def _(result: Drawn) -> Image.Image:
    rows = len(set(result.seeds))  # of a table of classes, the seeds of a row come again in every row
    return grid(result.pictures, rows if rows < len(result.seeds) else min(COLUMNS, rows))


@still.register
def _(result: Way) -> Image.Image:
    ways = [way for way in (result.straight, result.arc) if len(way)]
    count = len(ways[0])
    shown = np.linspace(0, count - 1, min(count, STRIP)).round().astype(int)
    return grid(np.concatenate([way[shown] for way in ways]), len(shown))


@still.register
def _(result: Mixed) -> Image.Image:
    blank = np.full((len(result.way) - 5, *result.raw.shape[1:]), 255, np.uint8)
    return grid(np.concatenate([result.pictures, result.raw, blank, result.way]), len(result.way))


@still.register
def _(result: Verdict) -> Image.Image:
    blank = np.full((-len(result.made) % WIDE + WIDE, *result.made.shape[1:]), 255, np.uint8)  # a row between them
    return grid(np.concatenate([result.made[::-1], blank, result.real[::-1]]), WIDE)


@still.register
def _(result: Lineup) -> Image.Image:
    return grid(np.concatenate([one.pictures for one in result.players]), len(result.seeds))


def frames(request: Any, result: Any) -> list[Image.Image]:
    """A result that moves, there and back, a circle round and round; [] for what stands still."""
    if isinstance(result, Way):
        ways = [way for way in (result.straight, result.arc) if len(way)]
        moments = np.stack(ways, axis=1)  # (F, ways, H, W, C)
    elif isinstance(result, Mixed):
        moments = result.way[:, None]
    else:
        return []
    there = [grid(moment, len(moment), WIDEST) for moment in moments]
    return there[:-1] if isinstance(request, Walk) and request.circle else [*there, *there[-2:0:-1]]


def grid(tiles: Pictures, columns: int, widest: int = STILL) -> Image.Image:
    """Pictures (N, H, W, C), row by row, enlarged where there are few of them."""
    pictures = tiles.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1
    return images.grid(pictures, columns, max(1, min(8, widest // (columns * pictures.shape[-1]))))
