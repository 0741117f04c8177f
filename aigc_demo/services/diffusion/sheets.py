"""Frames as sheets of small grey pictures, which travel to the browser once and are scrubbed there."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from aigc_demo.data.images import to_bytes
from aigc_demo.services.diffusion.results import Array, CutRun, Frame, Noised, SideBySide

PANES = ("x", "x0", "eps")
GUIDED = (*PANES, "eps_null", "eps_class")
SIGMAS = 3.0  # standard deviations of noise from water to glow


def panes(frame: Frame) -> tuple[str, ...]:
    """What there is to see of a frame."""
    return PANES if frame.eps_null is None else GUIDED


def reach(alpha_bar: float) -> float:
    """The value of x_t that is drawn fully inked: wide enough for the noise at this level, 1 for a clean picture."""
    return float(alpha_bar**0.5 + 2.5 * (1 - alpha_bar) ** 0.5)


def tile(frame: Frame, pane: str) -> Array:
    """One pane of one frame as (C, H, W) in [-1, 1]."""
    if pane == "x":
        return frame.x / reach(frame.alpha_bar)
    if pane == "x0":
        return frame.x0
    noise = getattr(frame, pane)
    return np.zeros_like(frame.x) if noise is None else noise / SIGMAS


def sheet(frames: Sequence[Frame], shown: Sequence[str]) -> bytes:
    """A PNG with a column per frame and a row per pane."""
    rows = [np.concatenate([tile(frame, pane) for frame in frames], axis=2) for pane in shown]
    return png(np.concatenate(rows, axis=1))


def row(pictures: Array) -> bytes:
    """(N, C, H, W) in [-1, 1] as a PNG with a column per picture."""
    return png(np.concatenate(list(pictures), axis=2))


def png(picture: Array) -> bytes:
    """(C, H, W) in [-1, 1] -> PNG bytes, packed quickly rather than tightly."""
    pixels = to_bytes(picture)
    buffer = io.BytesIO()
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def cut(made: CutRun) -> Array:
    """The four pictures of a cut run, (4, C, H, W) in [-1, 1]."""
    return np.stack([made.few, made.cut / 2, made.cut_x0, made.many])


def beside(made: SideBySide) -> Array:
    """Our picture, the library's, and how far they are apart (blank where they agree), (3, C, H, W) in [-1, 1]."""
    return np.stack([made.ours, made.theirs, np.abs(made.ours - made.theirs) - 1])


def numbers(array: Array) -> str:
    """Real numbers up to 8 in size as base64 of int16 in units of 1/4096."""
    return base64.b64encode((np.clip(array, -7.9, 7.9) * 4096).round().astype("<i2").tobytes()).decode()


def noised(result: Noised, schedule: Sequence[float]) -> dict[str, Any]:
    """Everything the browser needs to show the digit at any noise level."""
    return {
        "x0": numbers(result.x0),
        "eps": numbers(result.eps),
        "size": result.x0.shape[-1],
        "signals": base64.b64encode(np.asarray(schedule, "<f4").tobytes()).decode(),
        "level": result.level,
        "alpha_bar": result.alpha_bar,
        "snr_db": result.snr_db,
    }
