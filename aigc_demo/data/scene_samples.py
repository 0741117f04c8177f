"""Pictures of held-out scenes that ship with the project, to look at and to describe.

    python -m aigc_demo.data.scene_samples

renders them anew, side by side, into assets/examples/scene-samples.png, and at twice the size into
scene-samples-large.png. No model was trained on them.
"""

import random
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from aigc_demo.data import scenes
from aigc_demo.data.fetch import present

PATH = Path(__file__).resolve().parents[2] / "assets" / "examples" / "scene-samples.png"
LARGE = PATH.with_name("scene-samples-large.png")
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
    """(COUNT, 3, side, side) float32 in [-1, 1]; side 64, or 128 of LARGE."""
    sheet = np.asarray(Image.open(path).convert("RGB"), np.float32) / 127.5 - 1
    side = len(sheet)
    return sheet.reshape(side, COUNT, side, 3).transpose(1, 3, 0, 2).copy()


def main() -> None:
    chance = random.Random(SEED)
    chosen = [scenes.draw_picture(scene, chance) for scene in samples()]
    for scale, path in enumerate((PATH, LARGE), 1):
        renderer = scenes.Renderer(present("emoji"), scale)
        sheet = np.concatenate([renderer.draw(picture) for picture in chosen], axis=1)
        Image.fromarray(sheet).save(path, optimize=True)


if __name__ == "__main__":
    main()
