"""Results with pictures as one sheet of them in a row, and the numbers beside it: what travels to the browser.

result    tiles of the sheet, from the left
Drawn     the pictures, row by row
Way       the straight way, if it has one, then the arc
Mixed     a, b, c, their sum with its length mended, the sum as it is; then the way there
Verdict   made pictures from the lowest score to the highest, what the critic would change in each, then real ones
Lineup    the shown pictures of every model

A result of another kind joins with `parts.register`.
"""

import io
from collections.abc import Iterable
from functools import singledispatch
from typing import Any

import numpy as np
from PIL import Image

from aigc_demo.services.gan.results import Drawn, Lineup, Mixed, Pictures, Verdict, Way


def sheet(tiles: Pictures) -> bytes:
    """Pictures (N, H, W, C) side by side as a PNG, packed quickly rather than tightly."""
    row = np.concatenate(list(tiles), axis=1)  # (H, N * W, C)
    buffer = io.BytesIO()
    Image.fromarray(row[..., 0] if row.shape[-1] == 1 else row).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def value(result: Any) -> tuple[bytes, dict[str, Any]]:
    """A result -> its sheet, and {"counts", "w", "h", "panes", "levels", "kind"} with its numbers."""
    tiles, facts = parts(result)
    count, height, width, channels = tiles.shape
    kind = "grey" if channels == 1 else "colour"
    size = {"counts": [count], "panes": ["picture"], "levels": [], "w": width, "h": height, "kind": kind}
    return sheet(tiles), {**size, **facts}


@singledispatch
def parts(result: Any) -> tuple[Pictures, dict[str, Any]]:
    """The tiles of a result (N, H, W, C), and its numbers as JSON takes them."""
    raise TypeError(f"{type(result).__name__} has no sheet")


@parts.register
def _(result: Drawn) -> tuple[Pictures, dict[str, Any]]:
    return result.pictures, {"seeds": list(result.seeds), "digits": list(result.digits)}


@parts.register
def _(result: Way) -> tuple[Pictures, dict[str, Any]]:
    norms = {"straight_norm": rounded(result.straight_norm), "arc_norm": rounded(result.arc_norm)}
    return np.concatenate([result.straight, result.arc]), {**norms, "usual": rounded(result.usual)}


@parts.register
def _(result: Mixed) -> tuple[Pictures, dict[str, Any]]:
    tiles = np.concatenate([result.pictures, result.raw, result.way])
    return tiles, {"norms": rounded(result.norms), "usual": rounded(result.usual)}


@parts.register
def _(result: Verdict) -> tuple[Pictures, dict[str, Any]]:
    wish = ((result.made_wish + 1) * 127.5).round().astype(np.uint8)[..., None]  # middle grey where all is well
    tiles = np.concatenate([result.made, wish.repeat(result.made.shape[-1], axis=-1), result.real])
    scores = {"made_scores": rounded(result.made_scores), "real_scores": rounded(result.real_scores)}
    names = {"seeds": list(result.seeds), "digits": list(result.digits)}
    return tiles, {**scores, **names, "fooled": round(result.fooled, 4), "told": round(result.told, 4)}


@parts.register
def _(result: Lineup) -> tuple[Pictures, dict[str, Any]]:
    players = [{"model": one.model, "read": list(one.read), "counts": list(one.counts)} for one in result.players]
    tiles = np.concatenate([one.pictures for one in result.players])
    return tiles, {"seeds": list(result.seeds), "count": result.count, "players": players}


def rounded(numbers: Iterable[float]) -> list[float]:
    """Numbers as JSON takes them, four digits after the point."""
    return [round(float(number), 4) for number in numbers]
