"""What a picture of a scene shows, read by the detector, and whether that is what a sentence claims.

object_right      the objects of the sentence are there, and no others
background_right  the background has the claimed colour
count_right       there are as many as claimed
place_right       the object stands, or the two stand to each other, as claimed
size_right        the object is small or large as claimed
all_right         all of these; a claim that the sentence does not make is not counted

Each also as <name>_heldout, over sentences about scenes in which a combination was never trained on.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_demo.data import scenes
from aigc_demo.data.captions import LANGUAGES, caption
from aigc_demo.data.scenes import Scene
from aigc_demo.evaluation.measurement import Metrics
from aigc_demo.models.detector import STRIDE, Detector

LEAST = 5  # positions of an object; fewer are a speck
SMALL, LARGE = 13.0, 27.0  # positions below and above which an object is small or large
NEAR = 12.0  # pixels from the middle of its place
CLAIMS = ("object", "background", "count", "place", "size", "all")


@dataclass(frozen=True)
class Found:
    """One object in a picture."""

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
def look(detector: Detector, pictures: Tensor, batch: int = 64) -> list[Seen]:
    """What the detector reads in each of the pictures (N, 3, 64, 64), in [-1, 1]."""
    names, colours = list(scenes.OBJECTS), list(scenes.BACKGROUNDS)
    device = next(detector.parameters()).device
    seen = []
    for part in torch.split(pictures.clamp(-1, 1), batch):
        positions, background = detector(part.to(device))
        for mask, colour in zip(positions.argmax(1).tolist(), background.argmax(1).tolist(), strict=True):
            found = [
                Found(
                    names[kind],
                    STRIDE * (sum(x for _, x in area) / len(area) + 0.5),
                    STRIDE * (sum(y for y, _ in area) / len(area) + 0.5),
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


@dataclass(frozen=True)
class Task:
    """A sentence to be drawn."""

    text: str
    claims: Scene
    held_out: bool


def tasks(count: int, seed: int = 0) -> list[Task]:
    """`count` sentences about training scenes, then as many about held-out ones, either language in turn.

    A third of the held-out scenes each: a background, a count, a relation that was never trained on.
    """
    chance = random.Random(seed)
    found = []
    for i in range(count):
        scene = scenes.draw_scene(chance, "train")
        found.append(Task(*caption(scene, chance, LANGUAGES[i % 2]), held_out=False))
    groups = {
        reason: [
            scene
            for kind in scenes.SHARES
            for scene in scenes.of_split(kind, "test")
            if scenes.held_out(scene) == (reason,)
        ]
        for reason in ("background", "count", "relation")
    }
    for i in range(count):
        scene = chance.choice(groups[list(groups)[i % 3]])
        found.append(Task(*caption(scene, chance, LANGUAGES[i // 3 % 2]), held_out=True))
    return found


def shares(given: Sequence[Task], verdicts: Sequence[dict[str, bool]], suffix: str = "") -> Metrics:
    """Share of the sentences for which each claim holds, of those that make it: "<claim>_right<suffix>[_heldout]"."""
    metrics = {}
    for held_out in (False, True):
        chosen = [verdict for task, verdict in zip(given, verdicts, strict=True) if task.held_out == held_out]
        for claim in CLAIMS:
            made = [verdict[claim] for verdict in chosen if claim in verdict]
            if made:
                name = f"{claim}_right{suffix}{'_heldout' if held_out else ''}"
                metrics[name] = sum(made) / len(made)
    return metrics


def measure(
    draw: Callable[[list[str]], Tensor], detector: Detector, count: int, suffix: str = "", seed: int = 0
) -> Metrics:
    """`draw` gives a picture (3, 64, 64) in [-1, 1] for each sentence, as (N, 3, 64, 64); all shares."""
    given = tasks(count, seed)
    pictures = draw([task.text for task in given])
    verdicts = [truth(task.claims, seen) for task, seen in zip(given, look(detector, pictures), strict=True)]
    return shares(given, verdicts, suffix)


def detector_metrics(detector: Detector, renderer: scenes.Renderer, count: int) -> Metrics:
    """How well the detector reads renders, whose truth is known: the share of right readings of each claim."""
    chance = random.Random(1)
    shown = [scenes.draw_scene(chance, "train") for _ in range(count)]
    groups = [scene for kind in scenes.SHARES for scene in scenes.of_split(kind, "test")]
    shown += [chance.choice(groups) for _ in range(count)]
    pictures = scenes.to_float(renderer.batch([scenes.draw_picture(scene, chance) for scene in shown]))
    verdicts = [truth(scene, seen) for scene, seen in zip(shown, look(detector, pictures), strict=True)]
    given = [Task("", scene, i >= count) for i, scene in enumerate(shown)]
    return shares(given, verdicts)
