"""Results as the page draws them: JSON, in which `bytes` are PNG or WAV files of their own.

A `page` function of a use case turns the steps of a run into steps of such values. `each` is for results that are drawn
one by one, `reel` for frames that are kept and scrubbed in the browser.
"""

import dataclasses
import io
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.data.images import to_bytes
from aigc_demo.services.use_case import Json, Page

R = TypeVar("R", bound=Request)
T = TypeVar("T")
Array = np.ndarray

FIRST = 0.1  # seconds until the first frames are sent; later ones wait longer and longer, so that few sheets travel
COLUMNS = 120  # frames in a sheet, so that none is wider than 4096 pixels


def each(value: Callable[[R, T], Json]) -> Page[R, T]:
    """Every result as a value of its own."""

    def page(request: R, steps: Iterator[Step[T | None]]) -> Iterator[Step[Json | None]]:
        for step in steps:
            yield Step(step.done, step.total, None if step.value is None else value(request, step.value))

    return page


def every(count: int, value: Callable[[R, T], Json]) -> Page[R, T]:
    """As `each`, for one step in `count` and the last: a picture that costs more to send than to compute."""

    def page(request: R, steps: Iterator[Step[T | None]]) -> Iterator[Step[Json | None]]:
        for step in steps:
            told = step.value is not None and (step.done >= step.total or step.done % count == 0)
            yield Step(step.done, step.total, value(request, step.value) if told and step.value is not None else None)

    return page


def newest(value: Callable[[R, T], Json], seconds: float = 0.1) -> Page[R, T]:
    """The newest result, one every so many seconds, and the last: values that are sent whole."""

    def page(request: R, steps: Iterator[Step[T | None]]) -> Iterator[Step[Json | None]]:
        sent = -math.inf
        for step in steps:
            now = time.perf_counter()
            told = step.value is not None and (step.done >= step.total or now - sent >= seconds)
            sent = now if told else sent
            yield Step(step.done, step.total, value(request, step.value) if told and step.value is not None else None)

    return page


@dataclasses.dataclass(frozen=True)
class Tile:
    panes: dict[str, Array]  # name -> (C, H, W) in [-1, 1]
    level: float  # where it stands: noise level, update, milliseconds
    signal: float = 0.0  # alpha_bar of the frame


def reel(tile: Callable[[T], Tile]) -> Page[R, T]:
    """Frames in sheets: each value has all sheets so far. A step without a frame is passed on, for its progress."""

    def page(request: R, steps: Iterator[Step[T | None]]) -> Iterator[Step[Json | None]]:
        began = sent = time.perf_counter()
        pause, waiting = FIRST, list[Tile]()
        value: Json = {"sheets": [], "counts": [], "panes": [], "levels": [], "signals": [], "w": 0, "h": 0}
        for step in steps:
            if step.value is not None:
                waiting.append(tile(step.value))
            now = time.perf_counter()
            early = step.done < step.total and now - sent < pause and len(waiting) < COLUMNS
            if early or not waiting:
                yield Step(step.done, step.total, None)
                continue
            panes = waiting[0].panes
            channels, height, width = next(iter(panes.values())).shape
            value = {
                "sheets": [*value["sheets"], sheet(waiting)],
                "counts": [*value["counts"], len(waiting)],
                "panes": list(panes),
                "levels": [*value["levels"], *(frame.level for frame in waiting)],
                "signals": [*value["signals"], *(frame.signal for frame in waiting)],
                "w": width,
                "h": height,
                **({"colour": True} if channels == 3 else {}),
            }
            yield Step(step.done, step.total, value)
            waiting, sent, pause = [], now, max(FIRST, 0.1 * (now - began))

    return page


def sheet(frames: Sequence[Tile]) -> bytes:
    """A PNG with a column per frame and a row per pane."""
    rows = [np.concatenate([frame.panes[name] for frame in frames], axis=2) for name in frames[0].panes]
    return png(np.concatenate(rows, axis=1))


def tiles(pictures: Array, **words: Any) -> Json:
    """Pictures (N, C, H, W) in [-1, 1] side by side in one sheet, for a mosaic or as frames of a loop."""
    height, width = pictures.shape[-2:]
    size = {"w": width, "h": height, "counts": [len(pictures)], "panes": ["picture"], "levels": []}
    return {"sheets": [png(np.concatenate(list(pictures), axis=2))], **size, **words}


def moving(sheet: bytes, count: int, panes: Sequence[str], side: int) -> Json:
    """A sheet as a card of the landing page plays it: a column for each of `count` moments, a row for each pane; both
    `side` pixels each way."""
    size = {"counts": [count], "panes": list(panes), "levels": [-1] * count, "w": side, "h": side}
    return {"sheets": [sheet], **size}


def png(picture: Array) -> bytes:
    """(C, H, W) in [-1, 1] -> PNG bytes, packed quickly rather than tightly."""
    pixels = to_bytes(picture)
    buffer = io.BytesIO()
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def suffix(file: bytes) -> str:
    """What the name of a file in a page value ends in."""
    return {b"{": "json", b"R": "wav"}.get(file[:1], "png")


def plain(result: Any) -> Any:
    """A result dataclass as JSON: numbers to four significant digits, arrays left out."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        fields = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
        return {name: plain(value) for name, value in fields.items() if not isinstance(value, np.ndarray)}
    if isinstance(result, float):
        return float(f"{result:.4g}")
    if isinstance(result, dict):
        return {name: plain(value) for name, value in result.items()}
    if isinstance(result, tuple | list):
        return [plain(value) for value in result if not isinstance(value, np.ndarray)]
    return result


def fields(request: Request, result: Any) -> Json:
    """All that was found, with all digits."""
    return dataclasses.asdict(result)


def size(pictures: Array) -> Json:
    """How many pictures (N, C, H, W) there are, and their size in pixels."""
    return {"pictures": len(pictures), "width": pictures.shape[-1], "height": pictures.shape[-2]}


def counted(request: object, pictures: Array) -> Json:
    """How many pictures there are, and their size."""
    return size(pictures)


def numbers(request: Request, result: Any) -> Json:
    """All that was found, numbers to four significant digits."""
    return plain(result)
