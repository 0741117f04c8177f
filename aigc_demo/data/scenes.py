"""Captioned emoji scenes: a small world of 64x64 pictures whose truth is known exactly.

A scene is one object (at a place, or large or small), two or three of the same object, or two different objects in a
relation, on a background of one flat colour. Objects are emoji of two vendors (data/emoji.py); a picture keeps to one.

Every object stands on a lattice of 8 pixels, so that a code with one place per 8 pixels sees each object in few ways.

Held out, never trained on: 10 % of the (object, background) pairs, of the (object, count) pairs with count > 1, and of
the (object, object, relation) triples, where "a left of b" and "b right of a" are one triple.
"""

import hashlib
import random
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aigc_demo.data.emoji import VENDORS

SIDE = 64  # pixels
CELL = 8  # pixels of the lattice
OBJECTS = {  # name -> the emoji's file
    "apple": "1f34e",
    "banana": "1f34c",
    "grapes": "1f347",
    "watermelon": "1f349",
    "mushroom": "1f344",
    "dog": "1f436",
    "cat": "1f431",
    "frog": "1f438",
    "pig": "1f437",
    "penguin": "1f427",
    "car": "1f697",
    "house": "1f3e0",
    "tree": "1f333",
    "sunflower": "1f33b",
    "heart": "2764-fe0f",
    "ball": "26bd",
}
BACKGROUNDS = {
    "white": (248, 248, 248),
    "black": (28, 28, 34),
    "grey": (150, 152, 158),
    "yellow": (255, 228, 110),
    "pink": (255, 182, 206),
    "green": (120, 200, 120),
    "blue": (96, 150, 240),
    "purple": (170, 130, 225),
}
COUNTS = (1, 2, 3)
PLACES = ("left", "right", "top", "bottom", "middle")
SIZES = ("small", "large")
RELATIONS = ("left", "right", "above", "below")  # of the first object to the second
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
HELD_OUT = 26  # of 256: about a tenth

# where the upper left corners stand, (column, row) in cells, per layout; then the objects' side in cells
SINGLE = {"left": (0, 2), "right": (4, 2), "top": (2, 0), "bottom": (2, 4), "middle": (2, 2)}
WHOLE, PART, LARGE = 4, 3, 6
TWO = (
    *(((0, row), (5, row)) for row in (2, 3)),
    *(((column, 0), (column, 5)) for column in (2, 3)),
    ((0, 0), (5, 5)),
    ((5, 0), (0, 5)),
)
CORNERS = ((0, 0), (5, 0), (0, 5), (5, 5))
THREE = (
    *(tuple(corner for corner in CORNERS if corner != missing) for missing in CORNERS),
    *(((0, 5), (5, 5), (column, 0)) for column in (2, 3)),
    *(((0, 0), (5, 0), (column, 5)) for column in (2, 3)),
)


@dataclass(frozen=True, order=True)
class Scene:
    """What a picture shows or a caption says; an empty text (or count 0) is what a caption leaves open."""

    objects: tuple[str, ...]  # one of OBJECTS; two where there is a relation
    background: str = ""
    count: int = 1  # of each object
    place: str = ""  # of PLACES, for a single object of usual size
    size: str = ""  # of SIZES, for a single object; none is the usual size
    relation: str = ""  # of RELATIONS, or "beside" in a caption: left or right


@dataclass(frozen=True, order=True)
class Placed:
    """One object in a picture, in cells of the lattice."""

    name: str
    column: int
    row: int
    side: int


@dataclass(frozen=True)
class Picture:
    """A scene laid out: what a renderer needs."""

    scene: Scene
    placed: tuple[Placed, ...]
    vendor: int  # index in VENDORS


def held_out_by_name(*names: str) -> bool:
    """Whether this combination is held out: the same on every machine and for ever."""
    return hashlib.sha256(" ".join(names).encode()).digest()[0] < HELD_OUT


def triple(objects: tuple[str, ...], relation: str) -> tuple[str, str, str]:
    """Two objects and their relation, in the one form of the two that say the same."""
    first, second = objects
    return (first, second, relation) if relation in ("left", "above") else (second, first, OPPOSITE[relation])


def held_out(scene: Scene) -> tuple[str, ...]:
    """What of a complete scene is held out, of "background", "count" and "relation"; nothing: it may be trained on."""
    found = []
    if any(held_out_by_name(name, "on", scene.background) for name in scene.objects):
        found.append("background")
    if scene.count > 1 and held_out_by_name(scene.objects[0], "times", str(scene.count)):
        found.append("count")
    if scene.relation and held_out_by_name(*triple(scene.objects, scene.relation)):
        found.append("relation")
    return tuple(found)


def layouts(scene: Scene) -> list[tuple[Placed, ...]]:
    """All ways in which a complete scene is laid out."""
    name = scene.objects[0]
    if scene.relation:
        first, second = scene.objects if scene.relation in ("left", "above") else scene.objects[::-1]
        corners = TWO[:2] if scene.relation in ("left", "right") else TWO[2:4]
        return [(Placed(first, *a, PART), Placed(second, *b, PART)) for a, b in corners]
    if scene.count == 2:
        return [tuple(Placed(name, *corner, PART) for corner in corners) for corners in TWO]
    if scene.count == 3:
        return [tuple(Placed(name, *corner, PART) for corner in corners) for corners in THREE]
    if scene.size == "large":
        return [(Placed(name, 1, 1, LARGE),)]
    if scene.size == "small":
        return [(Placed(name, column, row, PART),) for column, row in product((2, 3), repeat=2)]
    return [(Placed(name, *SINGLE[scene.place], WHOLE),)]


@cache
def scenes(kind: str) -> tuple[Scene, ...]:
    """All complete scenes of a kind: "place", "size", "count" or "relation"."""
    if kind == "relation":
        pairs = [(a, b) for a in OBJECTS for b in OBJECTS if a != b]
        return tuple(
            Scene(pair, background, relation=relation)
            for pair, background, relation in product(pairs, BACKGROUNDS, RELATIONS)
        )
    values: dict[str, tuple[str | int, ...]] = {"place": PLACES, "size": SIZES, "count": COUNTS[1:]}
    return tuple(
        Scene((name,), background, **{kind: value})  # type: ignore[arg-type]
        for name, background, value in product(OBJECTS, BACKGROUNDS, values[kind])
    )


SHARES = {"place": 0.34, "size": 0.08, "count": 0.26, "relation": 0.32}  # of the kinds among the pictures drawn


@cache
def of_split(kind: str, split: str) -> tuple[Scene, ...]:
    """The scenes of a kind that are trained on ("train") or held out ("test")."""
    return tuple(scene for scene in scenes(kind) if bool(held_out(scene)) == (split == "test"))


def draw_scene(generator: random.Random, split: str = "train") -> Scene:
    """A complete scene of chance: its kind by SHARES, then each of its scenes alike; "all" takes both splits."""
    kind = generator.choices(list(SHARES), list(SHARES.values()))[0]
    return generator.choice(scenes(kind) if split == "all" else of_split(kind, split))


@cache
def alike(objects: frozenset[str], background: str) -> tuple[Scene, ...]:
    """The training scenes of these objects on this background, whatever their count, place, size and relation."""
    return tuple(
        scene
        for kind in SHARES
        for scene in of_split(kind, "train")
        if frozenset(scene.objects) == objects and scene.background == background
    )


def agrees(claimed: Scene, shown: Scene) -> bool:
    """Whether a complete scene is as a caption claims; what the caption leaves open is right in any case."""
    if claimed.relation == "beside":
        related = shown.relation in ("left", "right")
    else:
        related = not claimed.relation or (
            bool(shown.relation) and triple(claimed.objects, claimed.relation) == triple(shown.objects, shown.relation)
        )
    return (
        related
        and sorted(claimed.objects) == sorted(shown.objects)
        and claimed.background in ("", shown.background)
        and claimed.count in (0, shown.count)
        and claimed.place in ("", shown.place)
        and claimed.size in ("", shown.size)
    )


def draw_picture(scene: Scene, generator: random.Random) -> Picture:
    """A complete scene laid out by chance, by either vendor."""
    return Picture(scene, generator.choice(layouts(scene)), generator.randrange(len(VENDORS)))


def pictures(split: str) -> list[Picture]:
    """Every picture there is of a split, "train" or "test", kind after kind."""
    return [
        Picture(scene, placed, vendor)
        for kind in SHARES
        for scene in of_split(kind, split)
        for placed in layouts(scene)
        for vendor in range(len(VENDORS))
    ]


class Renderer:
    """Draws pictures out of the emoji's files, which `folder` holds (`python -m aigc_demo.data fetch emoji`).

    Pictures are `scale` times 64 pixels wide. The files have 64, so that at twice the size a large object is enlarged.
    """

    def __init__(self, folder: Path, scale: int = 1):
        self.scale = scale
        names = (folder / "names.txt").read_text().split()
        rows = [names.index(file) for file in OBJECTS.values()]
        files = [np.load(folder / f"{vendor}.npy", mmap_mode="r")[rows] for vendor in VENDORS]  # (objects, 64, 64, 4)
        self.sprites = {
            (vendor, name, side): self._resized(pixels, side * CELL * scale, scale)
            for vendor, rgba in enumerate(files)
            for name, pixels in zip(OBJECTS, rgba, strict=True)
            for side in (WHOLE, PART, LARGE)
        }

    @staticmethod
    def _resized(rgba: np.ndarray, side: int, edge: int) -> tuple[np.ndarray, np.ndarray]:
        """(64, 64, 4) uint8 -> colour times opacity (side, side, 3) and what shines through (side, side, 1), in 0..1.

        `edge` pixels stay free on every side.
        """
        premultiplied = rgba[..., :3] * (rgba[..., 3:] / 255.0)
        sheet = Image.fromarray(np.concatenate([premultiplied.round(), rgba[..., 3:]], -1).astype(np.uint8), "RGBA")
        inner = (side - 2 * edge, side - 2 * edge)
        channels = [channel.resize(inner, Image.Resampling.LANCZOS) for channel in sheet.split()]
        small = np.pad(
            np.stack([np.asarray(channel) for channel in channels], -1), ((edge, edge), (edge, edge), (0, 0))
        )
        small = small.astype(np.float32) / 255
        return np.minimum(small[..., :3], small[..., 3:]), 1 - small[..., 3:]

    def draw(self, picture: Picture) -> np.ndarray:
        """(64 scale, 64 scale, 3) uint8."""
        cell = CELL * self.scale
        sheet = np.empty((SIDE * self.scale, SIDE * self.scale, 3), np.float32)
        sheet[:] = np.array(BACKGROUNDS[picture.scene.background], np.float32) / 255
        for placed in picture.placed:
            colour, through = self.sprites[picture.vendor, placed.name, placed.side]
            top, left, side = placed.row * cell, placed.column * cell, placed.side * cell
            part = sheet[top : top + side, left : left + side]
            part *= through
            part += colour
        return (sheet * 255).round().astype(np.uint8)

    def batch(self, chosen: list[Picture]) -> Tensor:
        """(N, 3, 64 scale, 64 scale) uint8."""
        return torch.from_numpy(np.stack([self.draw(picture) for picture in chosen])).permute(0, 3, 1, 2).contiguous()


def to_float(images: Tensor) -> Tensor:
    """uint8 -> float in [-1, 1]."""
    return images.float() / 127.5 - 1
