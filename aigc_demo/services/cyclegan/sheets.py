"""Results as one sheet of small pictures in a row, and the numbers beside it: what travels to the browser.

use-case   tiles of the sheet, from the left
translate  the picture, translated, back again, identity, cycle error, the critic's view of picture and translation;
           then the true pair and the critic's view of it, where there is one
compare    eight of each: as they are, without the cycle term, with it, the truth

An error of a quarter of the way from black to white, or more, is white. The critic's view is black where it takes a
picture for drawn (score 1), white where it objects (score 0), grey between.
"""

from typing import Any

import numpy as np

from aigc_demo.services.cyclegan.results import Array, Compared, Reading, Translated
from aigc_demo.services.vae.sheets import plain, sheet

ENLARGED = 4  # times that a cycle error is shown larger than it is


def value(result: Translated | Compared) -> tuple[bytes, dict[str, Any]]:
    """A result of any use-case -> its sheet, and {"counts", "w", "h", "panes", "levels"} with its numbers."""
    tiles, facts = parts(result)
    height, width = tiles[0].shape[-2:]
    size = {"counts": [len(tiles)], "panes": ["picture"], "levels": [], "w": width, "h": height}
    return sheet(tiles), {**size, **facts}


def parts(result: Translated | Compared) -> tuple[list[Array], dict[str, Any]]:
    """The tiles of a result, and its numbers."""
    if isinstance(result, Compared):
        errors = {name: plain(getattr(result, f"{name}_error")) for name in ("nothing", "without", "cycle")}
        tiles = [*result.nothing, *result.without, *result.cycle, *result.truth]
        return tiles, {"direction": result.direction, "errors": errors}
    picture, there, truth = result.readings
    tiles = [result.picture, result.there, result.back, result.same, grey(ENLARGED * result.cycle_error)]
    tiles += [objections(picture), objections(there)]
    facts: dict[str, Any] = {
        "direction": result.direction,
        "cycle_error": round(float(result.cycle_error.mean()), 4),
        "readings": [heard(reading) for reading in result.readings if reading],
    }
    if result.truth is not None and truth is not None:
        tiles += [result.truth, objections(truth)]
        away = [float(np.abs(found - result.truth).mean()) for found in (result.picture, result.there)]
        facts["away"] = [round(error, 4) for error in away]
    return tiles, facts


def heard(reading: Reading) -> dict[str, float]:
    """The two numbers of a reading."""
    return {"vendor_share": round(reading.vendor_share, 4), "score": round(reading.score, 4)}


def objections(reading: Reading) -> Array:
    """Where the critic objects, as a picture (3, 64, 64): every score at the four pixels in the middle of its patch."""
    cells = np.kron(1 - reading.scores, np.ones((4, 4)))  # (56, 56)
    return grey(np.pad(cells, 4, mode="edge"))


def grey(shades: Array) -> Array:
    """(H, W) in [0, 1], clipped -> (3, H, W)."""
    return np.stack([np.clip(shades, 0, 1).astype(np.float32)] * 3)
