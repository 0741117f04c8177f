"""How often pictures show what sentences claim, read by the detector (data/scene_truth.py).

object_right      the objects of the sentence are there, and no others
background_right  the background has the claimed colour
count_right       there are as many as claimed
place_right       the object stands, or the two stand to each other, as claimed
size_right        the object is small or large as claimed
all_right         all of these; a claim that the sentence does not make is not counted

Each also as <name>_heldout, over sentences about scenes in which a combination was never trained on.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from aigc_demo.data import scenes
from aigc_demo.data.captions import LANGUAGES, caption
from aigc_demo.data.scene_truth import CLAIMS, look, truth
from aigc_demo.data.scenes import Scene
from aigc_demo.evaluation.measurement import Metrics
from aigc_demo.models.detector import Detector


@dataclass(frozen=True)
class Task:
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
