"""The training pictures of the scenes as an autoencoder's codes: computed once, kept in the run's folder."""

import random
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.data import scenes


class SceneCodes:
    """`codes` (N, ...) of `pictures`, to be drawn from as the pictures are."""

    def __init__(self, codes: Tensor, pictures: list[scenes.Picture]):
        self.codes = codes
        self.rows: dict[scenes.Scene, list[int]] = {}
        for row, picture in enumerate(pictures):
            self.rows.setdefault(picture.scene, []).append(row)

    def draw(self, count: int, chance: random.Random) -> tuple[list[scenes.Scene], Tensor]:
        """`count` scenes of chance, and a code (count, ...) of each."""
        chosen = [scenes.draw_scene(chance) for _ in range(count)]
        return chosen, self.codes[[chance.choice(self.rows[scene]) for scene in chosen]]


@torch.inference_mode()
def compute(
    encode: Callable[[Tensor], Tensor], renderer: scenes.Renderer, pictures: list[scenes.Picture], batch: int = 64
) -> Tensor:
    """The codes of pictures; `encode` takes (B, 3, 64, 64) in [-1, 1] and gives (B, ...)."""
    parts = [pictures[i : i + batch] for i in range(0, len(pictures), batch)]
    return torch.cat([encode(scenes.to_float(renderer.batch(part))).cpu() for part in parts])


def kept(file: Path, encode: Callable[[Tensor], Tensor], renderer: scenes.Renderer) -> SceneCodes:
    """The codes of the training pictures in `file`; computed and written there when there is none."""
    pictures = scenes.pictures("train")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".new")
        torch.save(compute(encode, renderer, pictures), unfinished)
        unfinished.replace(file)
    return SceneCodes(torch.load(file, weights_only=True), pictures)
