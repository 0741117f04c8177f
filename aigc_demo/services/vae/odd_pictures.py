"""Pictures that are no digits, drawn by our own strokes: (28, 28) float in [0, 1], ink 1, placed as digits are."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from aigc_demo.services.page_values import Array

SIDE = 28
FINE = 8  # drawn so many times larger, then averaged, which makes soft edges
Point = tuple[float, float]


class Pen:
    """Draws on a sheet in units of its pixels."""

    def __init__(self) -> None:
        self.sheet = Image.new("L", (SIDE * FINE, SIDE * FINE))
        self.draw = ImageDraw.Draw(self.sheet)

    def line(self, *points: Point, width: float = 2.4, ink: int = 255) -> None:
        """A stroke through the points, round at its ends."""
        places = [(x * FINE, y * FINE) for x, y in points]
        self.draw.line(places, ink, round(width * FINE), joint="curve")
        for place in places[0], places[-1]:
            self.dot((place[0] / FINE, place[1] / FINE), width / 2, ink)

    def dot(self, centre: Point, radius: float, ink: int = 255) -> None:
        (x, y), r = centre, radius
        self.draw.ellipse([(x - r) * FINE, (y - r) * FINE, (x + r) * FINE, (y + r) * FINE], ink)

    def area(self, *points: Point) -> None:
        self.draw.polygon([(x * FINE, y * FINE) for x, y in points], 255)

    def picture(self) -> Array:
        return np.asarray(self.sheet.reduce(FINE), np.float32) / 255


def letter() -> Array:
    pen = Pen()
    pen.line((6.5, 23), (14, 5), (21.5, 23))
    pen.line((9.3, 16.5), (18.7, 16.5))
    return pen.picture()


def face() -> Array:
    pen = Pen()
    pen.dot((14, 14), 10)
    pen.dot((14, 14), 8, ink=0)
    pen.dot((10.5, 11), 1.5)
    pen.dot((17.5, 11), 1.5)
    pen.line((9.5, 16), (11.5, 18.3), (14, 19.1), (16.5, 18.3), (18.5, 16), width=1.8)
    return pen.picture()


def shoe() -> Array:
    """A shoe seen from its side."""
    pen = Pen()
    pen.area((3, 20), (3, 10), (9, 9.5), (11, 11), (13.5, 14), (20, 16), (24, 18), (25, 20))
    pen.area((3, 21), (25.5, 21), (25.5, 23), (9, 23), (8, 22.2), (7, 23), (3, 23))
    return pen.picture()


def checks() -> Array:
    """A board of black and white squares."""
    row = np.arange(SIDE) // 4
    return ((row[:, None] + row) % 2).astype(np.float32)


def noise(seed: int) -> Array:
    """Every pixel of its own, evenly between black and white."""
    return np.random.default_rng(seed).random((SIDE, SIDE), np.float32)


def picture(odd: str, seed: int, digit: Callable[[], Array]) -> Array:
    """The odd picture of this name; `digit` gives the (28, 28) that "none" and "inverted" start from."""
    drawn = {"letter": letter, "face": face, "shoe": shoe, "checks": checks, "none": digit}
    if odd in drawn:
        return drawn[odd]()
    return 1 - digit() if odd == "inverted" else noise(seed)
