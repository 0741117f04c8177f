"""What a picture of a scene shows, as a detector reads it, and which claims of a sentence hold for that.

A claim is one of CLAIMS: the objects of the sentence are there and no others; the background has the claimed colour;
there are as many as claimed; the object stands, or the two stand to each other, as claimed; the object is small or
large as claimed; all of these.
"""

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aigc_demo.data import scenes
from aigc_demo.data.scenes import Scene

LEAST = 5  # positions of an object; fewer are a speck
SMALL, LARGE = 13.0, 27.0  # positions below and above which an object is small or large
NEAR = 12.0  # pixels from the middle of its place
CLAIMS = ("object", "background", "count", "place", "size", "all")


@dataclass(frozen=True)
class Found:
    name: str
    x: float  # of its middle, pixels from the left
    y: float  # from the top
    area: int  # positions of the detector


@dataclass(frozen=True)
class Seen:
    """What the detector reads in a picture."""

    background: str
    objects: tuple[Found, ...]


def components(mask: list[list[int]], none: int) -> list[tuple[int, list[tuple[int, int]]]]:
    """Areas of one class, not `none`, whose positions touch along a side: (class, [(row, column), ...])."""
    found, seen = [], set()
    for row, line in enumerate(mask):
        for column, kind in enumerate(line):
            if kind == none or (row, column) in seen:
                continue
            area, edge = [], [(row, column)]
            seen.add((row, column))
            while edge:
                y, x = edge.pop()
                area.append((y, x))
                for place in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                    inside = 0 <= place[0] < len(mask) and 0 <= place[1] < len(line)
                    if inside and place not in seen and mask[place[0]][place[1]] == kind:
                        seen.add(place)
                        edge.append(place)
            found.append((kind, area))
    return found


@torch.inference_mode()
def look(detector: nn.Module, pictures: Tensor, batch: int = 64) -> list[Seen]:
    """What a detector (models/detector.py) reads in each of the pictures (N, 3, 64, 64), in [-1, 1]."""
    names, colours = list(scenes.OBJECTS), list(scenes.BACKGROUNDS)
    device = next(detector.parameters()).device
    seen = []
    for part in torch.split(pictures.clamp(-1, 1), batch):
        positions, background = detector(part.to(device))
        stride = part.shape[-1] / positions.shape[-1]  # pixels per position
        for mask, colour in zip(positions.argmax(1).tolist(), background.argmax(1).tolist(), strict=True):
            found = [
                Found(
                    names[kind],
                    stride * (sum(x for _, x in area) / len(area) + 0.5),
                    stride * (sum(y for y, _ in area) / len(area) + 0.5),
                    len(area),
                )
                for kind, area in components(mask, len(names))
                if len(area) >= LEAST
            ]
            seen.append(Seen(colours[colour], tuple(found)))
    return seen


def middle_of(place: str) -> tuple[float, float]:
    """The middle of an object at one of PLACES, pixels from the left and from the top."""
    column, row = scenes.SINGLE[place]
    half = scenes.WHOLE / 2
    return (column + half) * scenes.CELL, (row + half) * scenes.CELL


def size_of(found: Found) -> str:
    """ "small", "large", or "" for the usual size."""
    return "small" if found.area < SMALL else "large" if found.area > LARGE else ""


def stands(first: Found, second: Found, relation: str) -> bool:
    """Whether the first object stands to the second as the relation says; "beside" is left or right."""
    right, down = first.x - second.x, first.y - second.y
    if relation in ("left", "right", "beside"):
        aside = abs(right) > max(abs(down), scenes.CELL)
        return aside and (relation == "beside" or (right < 0) == (relation == "left"))
    return abs(down) > max(abs(right), scenes.CELL) and (down < 0) == (relation == "above")


def truth(claims: Scene, seen: Seen) -> dict[str, bool]:
    """Which of CLAIMS hold; those that are not made are absent. Place and size of what is not there are wrong."""
    counts = Counter(found.name for found in seen.objects)
    found = {"object": set(counts) == set(claims.objects)}
    if claims.background:
        found["background"] = seen.background == claims.background
    if claims.count:
        found["count"] = all(counts[name] == claims.count for name in claims.objects)
    single = seen.objects[0] if found["object"] and len(seen.objects) == 1 else None
    if claims.place and len(claims.objects) == 1 and claims.count < 2:
        x, y = middle_of(claims.place)
        found["place"] = single is not None and abs(single.x - x) < NEAR and abs(single.y - y) < NEAR
    if claims.relation:
        first, second = ([one for one in seen.objects if one.name == name] for name in claims.objects)
        found["place"] = any(stands(a, b, claims.relation) for a in first for b in second)
    if claims.size:
        found["size"] = single is not None and size_of(single) == claims.size
    found["all"] = all(found.values())
    return found
