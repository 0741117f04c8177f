"""Emoji that need no download: for every object of the scenes a disc of its own colour, by two vendors."""

import colorsys

import numpy as np
import torch

from aigc_demo.data import scenes
from aigc_demo.data.emoji import VENDORS
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.training import upscaler
from aigc_demo.training.scene_codes import SceneCodes


def folder(path):
    """The files that a Renderer reads, written to `path`."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "names.txt").write_text("\n".join(scenes.OBJECTS.values()))
    y, x = np.mgrid[:64, :64] - 31.5
    for shift, vendor in enumerate(VENDORS):
        pixels = np.zeros((len(scenes.OBJECTS), 64, 64, 4), np.uint8)
        for i, picture in enumerate(pixels):
            hue = (i + shift / 2) / len(scenes.OBJECTS)
            picture[x**2 + y**2 < 30**2] = [*(round(255 * part) for part in colorsys.hsv_to_rgb(hue, 1, 0.8)), 255]
        np.save(path / f"{vendor}.npy", pixels)
    return path


def renderer(path):
    """A Renderer of these discs."""
    return scenes.Renderer(folder(path))


def codes(recipe):
    """A random code of every training picture, as the recipe's model takes them."""
    pictures, generator = scenes.pictures("train"), torch.Generator().manual_seed(0)
    count = len(pictures)
    if hasattr(recipe.model, "codebook"):
        return SceneCodes(
            torch.randint(recipe.model.codebook, (count, recipe.model.side**2), generator=generator), pictures
        )
    return SceneCodes(torch.randn(count, 4, 16, 16, generator=generator).half(), pictures)


def pool(recipe, path):
    """Pictures at two sizes for a recipe that enlarges them; nothing for others."""
    if not isinstance(recipe, upscaler.Recipe):
        return None
    return upscaler.drawn(folder(path), recipe, KLAutoencoder(KLConfig.tiny()).eval())
