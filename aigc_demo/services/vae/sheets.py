"""Results as one sheet of small pictures in a row, and the numbers beside it: what travels to the browser.

use-case   tiles of the sheet, from the left
plane      one per kind of KINDS
rebuild    the digit; then for every kind: rebuilt, error, 8 from fresh codes
walk       straight, arc, fade, `frames` of each
draw       the pictures, row by row (8 to a row)
beta       the digit, rebuilt, then 9 for every dimension of the code
shapes     the shape, rebuilt, then 9 for every dimension of the code
anomaly    the picture, rebuilt, error
beside     in colour: the picture, ours, theirs, their difference (blank where they agree), the 4 maps of the code

Pictures in [0, 1] are black to white; an error of nothing is middle grey, of -1 black, of 1 white.
"""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from aigc_demo.services.vae.results import Array, Betas, Likelihood, Rebuilds, Shaped, SideBySide, Way


def sheet(tiles: Sequence[Array]) -> bytes:
    """Pictures (H, W) or (3, H, W) in [0, 1] side by side as a PNG, packed quickly rather than tightly."""
    row = (np.clip(np.concatenate(tiles, axis=-1), 0, 1) * 255).round().astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(row.transpose(1, 2, 0) if row.ndim == 3 else row).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def value(result: Any) -> tuple[bytes, dict[str, Any]]:
    """A result of any use-case -> its sheet, and {"counts", "w", "h", "panes", "levels"} with its numbers."""
    tiles, facts = parts(result)
    height, width = tiles[0].shape[-2:]
    size = {"counts": [len(tiles)], "panes": ["picture"], "levels": [], "w": width, "h": height}
    return sheet(tiles), {**size, **facts}


def parts(result: Any) -> tuple[list[Array], dict[str, Any]]:
    """The tiles of a result, and its numbers."""
    if isinstance(result, Rebuilds):
        return rebuilds(result)
    if isinstance(result, Way):
        norms = {"straight_norm": plain(result.straight_norm), "arc_norm": plain(result.arc_norm)}
        return [*result.straight, *result.arc, *result.fade], norms
    if isinstance(result, Betas):
        numbers = {"beta": result.beta, "reconstruction_nats": round(result.reconstruction_nats, 3)}
        return moved(result), {**numbers, "kl_dimensions": plain(result.kl_dimensions)}
    if isinstance(result, Shaped):
        return moved(result), {"mean": plain(result.mean), "deviation": plain(result.deviation)}
    if isinstance(result, Likelihood):
        rank = None if np.isnan(result.rank) else result.rank
        fares = {"bound_nats": round(result.bound_nats, 3), "rank": rank}
        return [result.picture, result.rebuilt, signed(result.error)], fares
    return beside(result) if isinstance(result, SideBySide) else (list(result), {})


def rebuilds(result: Rebuilds) -> tuple[list[Array], dict[str, Any]]:
    """The digit and what every model made of it."""
    tiles, rows = [result.picture], []
    for row in result.rows:
        tiles += [row.picture, signed(row.error), *row.again]
        measured = {"squared_error": round(row.squared_error, 6), "kl_nats": round(row.kl_nats, 4)}
        rows.append({"kind": row.kind, "mean": plain(row.mean), "deviation": plain(row.deviation), **measured})
    return tiles, {"digit": result.digit, "rows": rows}


def moved(result: Betas | Shaped) -> list[Array]:
    """The picture, what became of it, and every dimension's traversal."""
    return [result.picture, result.rebuilt, *np.concatenate(list(result.traversals))]


def beside(result: SideBySide) -> tuple[list[Array], dict[str, Any]]:
    """Pictures, difference and code in colour; and how far every layer is off."""
    height, width = result.picture.shape[-2:]
    maps = [enlarged(code, height, width) for code in result.latent]
    tiles = [result.picture, result.ours, result.theirs, np.abs(result.ours - result.theirs), *maps]
    milliseconds = [result.our_milliseconds, result.their_milliseconds]
    numbers = {"maximum": result.maximum, "mean": result.mean, "milliseconds": milliseconds}
    return tiles, {**numbers, "layers": [list(row) for row in result.layers], "first": result.first}


def enlarged(code: Array, height: int, width: int) -> Array:
    """One map (h, w) of a code as a grey picture (3, height, width): 0 is middle grey, 3 deviations black or white."""
    spread = float(code.std()) or 1.0
    large = code.repeat(height // code.shape[0], 0).repeat(width // code.shape[1], 1)
    return np.stack([signed(large / (3 * spread))] * 3)


def signed(error: Array) -> Array:
    """[-1, 1] -> [0, 1]."""
    return (error + 1) / 2


def plain(numbers: Array) -> list[float]:
    """Numbers as JSON takes them, four digits after the point."""
    return [round(float(number), 4) for number in numbers]
