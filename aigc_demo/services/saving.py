"""What all families share when a result is saved: the run card, the kinds of files, and making the result again."""

import dataclasses
import platform
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from PIL import Image

from aigc_demo.core.card import VERSION, Card
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.data import images, media

FORMATS = ("png", "gif", "mp4", "json")


def versions() -> dict[str, str]:
    """What took part in a result, beside the weights."""
    return {"aigc_demo": VERSION, "python": platform.python_version(), "torch": torch.__version__}


def values(request: Any) -> dict[str, Any]:
    """The fields of a request. A drawing is kept as the small picture that the model saw."""
    found = dataclasses.asdict(request)
    return {
        name: images.placed(value) if name.startswith("drawing") and value else value for name, value in found.items()
    }


def encode(pictures: Sequence[Image.Image], format: str, card: Card, still: Image.Image | None = None) -> bytes:
    """An animation as GIF or MP4, `still` (else the last picture) as PNG, or the card alone as JSON."""
    text = card.to_json()
    if format == "json":
        return text.encode()
    if format == "png":
        return media.png(still or pictures[-1], text)
    if format == "gif":
        return media.gif(pictures, text=text)
    if format == "mp4":
        return media.mp4(pictures, text=text)
    raise BadRequestError("choice", field="format", options=", ".join(FORMATS), value=short(format))


def save(
    make: Callable[[Any], Any], request: Any, format: str, card: Card, file: Callable[[Any, Any, str, Card], bytes]
) -> Iterator[Step[bytes | None]]:
    """`make` the result of the request and put it into a file. The file comes with the last step.

    Of a result that comes in steps, `file` is given the list of all values.
    """
    if format == "json":
        yield Step(1, 1, encode([], format, card))
        return
    result = make(request)
    if isinstance(result, Iterator):
        made = []
        for step in result:
            made.append(step.value)
            yield Step(step.done, step.total + 1, None)
        result = made
    yield Step(1, 1, file(request, result, format, card))
