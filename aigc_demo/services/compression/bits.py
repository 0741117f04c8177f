"""Fewer bits a weight, round to nearest."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from aigc_demo.checkpoints.store import Store
from aigc_demo.compression import packing
from aigc_demo.compression.rounding import with_bits
from aigc_demo.core.steps import Step
from aigc_demo.services.compression.requests import BITS, CHANNEL, DIGITS, Bits
from aigc_demo.services.compression.shrinking import Shrunk, beside_itself, shrinks
from aigc_demo.services.compression.subjects import measure, network, subject
from aigc_demo.services.page_values import Array, tiles
from aigc_demo.services.use_case import Json, UseCase

EDGE = 32  # pixels of a digit
COLUMNS = 6  # digits in a row of the card


def bits(store: Store, request: Bits) -> Iterator[Step[Shrunk | None]]:
    """The network with so many bits a weight, beside itself with 32."""
    how = request.bits, request.granularity == CHANNEL
    return beside_itself(
        store,
        request.model,
        request.seed,
        f"bits {request.granularity}",
        make=lambda model: with_bits(model, *how),
        tensors=lambda model: packing.of_bits(model, *how),
        size=lambda model, smaller: packing.bits_size(model, *how),
    )


def card(store: Store) -> Json:
    """The same digits with 32 bits a weight down to 2, for the card of the landing page."""
    frames = []
    for count in BITS:
        smaller = with_bits(network(store, DIGITS), count)
        pictures = measure(subject(store, DIGITS), smaller, Bits().seed).output.pictures
        frames.append(frame(pictures, count))
    return tiles(np.stack(frames))


def frame(pictures: Array, count: int) -> Array:
    """Ten digits (10, 1, H, W) in two rows, the number of bits behind them -> (1, 2 H, 6 W)."""
    label = Image.new("L", (2 * EDGE, EDGE))
    ImageDraw.Draw(label).text((EDGE, EDGE / 2), str(count), fill=255, font=ImageFont.load_default(24), anchor="mm")
    words = np.asarray(label, dtype=np.float32)[None] / 127.5 - 1  # (1, H, 2 W)
    cells = [*pictures, words[:, :, :EDGE], words[:, :, EDGE:]]
    rows = [np.concatenate(cells[start : start + COLUMNS], 2) for start in (0, COLUMNS)]
    return np.concatenate(rows, 1)


USE_CASE: UseCase[Bits, Shrunk] = replace(shrinks(bits, Bits()), card=card, warm=Bits())
