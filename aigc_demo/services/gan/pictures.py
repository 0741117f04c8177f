"""A frame of a training as a picture, and as the few bytes in which it travels to the browser."""

import base64
import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from aigc_demo.services.gan.frames import REACH, Frame
from aigc_demo.services.page_values import Array
from aigc_demo.services.use_case import Json

UNIT = 1 / 8192  # of the int16 in which places travel
SIZE = 480  # pixels of a saved picture
WATER, PAPER, GLOW, INK = (31, 111, 139), (255, 255, 255), (200, 69, 43), (31, 36, 48)
STRENGTH = 0.55  # of the heat map's colours, so that points stay the loudest
ARROW = 0.16  # length of the longest arrow, in units of the plot


def packed(places: Array) -> str:
    """Numbers up to 4 in size as base64 of int16; what is further away is moved to there."""
    return base64.b64encode((np.clip(places, -3.99, 3.99) / UNIT).round().astype("<i2").tobytes()).decode()


def small(values: Array) -> str:
    """Numbers in [-1, 1] as base64 of int8."""
    return base64.b64encode((values * 127).round().astype("i1").tobytes()).decode()


def known(value: float) -> float | None:
    """A number for the page, None for one that is not known."""
    return round(value, 5) if math.isfinite(value) else None


def wire(frame: Frame) -> Json:
    """A frame as the page's script takes it up; `real` never changes and is sent beside it."""
    return {
        "step": frame.step,
        "fake": packed(frame.fake),
        "pull": small(frame.pull),
        "critic": small(frame.critic),
        "grid": packed(frame.grid),
        "losses": [known(frame.loss_generator), known(frame.loss_critic)],
        "distance": known(frame.distance),
        "modes": frame.modes,
        "target": known(frame.on_target),
    }


def paint(frame: Frame) -> Image.Image:
    """Heat map of the critic, real points in ink, made ones in glow, and where they are pulled."""
    picture = heat(frame.critic)
    pen = ImageDraw.Draw(picture)
    for real in frame.real:
        dot(pen, real, 1.5, INK)
    for start, pull in zip(frame.fake, frame.pull, strict=False):
        pen.line([*spot(start), *spot(start + ARROW * pull)], fill=GLOW, width=1)
    for fake in frame.fake:
        dot(pen, fake, 2.5, GLOW)
    return picture


def heat(critic: Array) -> Image.Image:
    """The critic's map (S, S), the first row lowest -> water, paper, glow, smoothed to SIZE."""
    share = np.abs(critic)[..., None] * STRENGTH
    ends = np.where(critic[..., None] < 0, np.array(WATER), np.array(GLOW))
    pixels: npt.NDArray[np.uint8] = ((1 - share) * np.array(PAPER) + share * ends).round().astype(np.uint8)
    return Image.fromarray(pixels[::-1].copy()).resize((SIZE, SIZE), Image.Resampling.BICUBIC)


def spot(place: Array) -> tuple[float, float]:
    """A place of the plot in pixels."""
    x, y = (float(number) / REACH for number in place)
    return SIZE * (1 + x) / 2, SIZE * (1 - y) / 2


def dot(pen: ImageDraw.ImageDraw, place: Array, radius: float, colour: tuple[int, int, int]) -> None:
    x, y = spot(place)
    pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
