"""Pictures of held-out scenes that ship with the project, to look at and to describe.

    python -m aigc_demo.data.scene_samples

renders them anew, side by side, into assets/examples/scene-samples.png. No model was trained on them.
"""

import random
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from aigc_demo.data import scenes
from aigc_demo.data.fetch import present

PATH = Path(__file__).resolve().parents[2] / "assets" / "examples" / "scene-samples.png"
COUNT = 24
SEED = 11


@cache
def samples() -> tuple[scenes.Scene, ...]:
    """The scenes of the pictures: every kind in turn, no object first in two that follow each other."""
    chance, found = random.Random(SEED), list[scenes.Scene]()
    kinds = ("place", "count", "relation", "relation")
    while len(found) < COUNT:
        scene = chance.choice(scenes.of_split(kinds[len(found) % len(kinds)], "test"))
        if not found or scene.objects[0] not in found[-1].objects:
            found.append(scene)
    return tuple(found)


def read(path: Path = PATH) -> np.ndarray:
    """(COUNT, 3, 64, 64) float32 in [-1, 1]."""
    sheet = np.asarray(Image.open(path).convert("RGB"), np.float32) / 127.5 - 1
    return sheet.reshape(scenes.SIDE, COUNT, scenes.SIDE, 3).transpose(1, 3, 0, 2).copy()


def main() -> None:
    chance = random.Random(SEED)
    chosen = [scenes.draw_picture(scene, chance) for scene in samples()]
    renderer = scenes.Renderer(present("emoji"))
    sheet = np.concatenate([renderer.draw(picture) for picture in chosen], axis=1)
    Image.fromarray(sheet).save(PATH, optimize=True)


if __name__ == "__main__":
    main()
