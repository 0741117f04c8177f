"""Train the autoencoder of scenes: 64x64 pictures become codes of 16x16x4, which text-to-image diffusion draws.

    python -m aigc_demo.training kl-scenes --minutes 14

It starts as the autoencoder of emoji (training/kl.py) and learns the few objects of scenes at their sizes: absolute and
squared error of the pixels and a KL term that is heavier than there, so that the decoder forgives a diffusion model
small errors (Rombach et al., 2022, arXiv:2112.10752, section 3.1). Pieces of half the side, cut on the lattice that the
objects stand on, come first: they cost a quarter. Whole pictures come at the end.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.data import scenes
from aigc_demo.data.fetch import present
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.precision import autocast
from aigc_demo.training.ema import EMA
from aigc_demo.training.kl import scale_of, terms
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.state import keep, resume


@dataclass(frozen=True)
class Recipe:
    model: KLConfig = field(default_factory=KLConfig)
    steps: int = 10_000
    batch: int = 16
    muon_rate: float = 0.005  # peak, for matrices and kernels
    rate: float = 1e-3  # peak, for the rest
    weight_decay: float = 0.01
    kl_weight: float = 1e-3  # of the KL divergence of one number of the code, nats
    piece: int = 4  # side of the pieces, in cells of the lattice
    whole: float = 0.15  # share of the budget, at its end, that is for whole pictures
    ema: float = 0.998  # decay of the moving average
    measured: int = 1000  # pictures that the scale of the code is measured on
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=KLConfig.tiny(), steps=2, batch=4, whole=0.5, measured=8)


RECIPES = {"kl-scenes": Recipe()}


def drawn(renderer: scenes.Renderer, count: int, chance: random.Random) -> tuple[Tensor, list[scenes.Picture]]:
    """`count` pictures of the training split, (count, 3, 64, 64) float in [-1, 1], and what they show."""
    chosen = [scenes.draw_picture(scenes.draw_scene(chance), chance) for _ in range(count)]
    return scenes.to_float(renderer.batch(chosen)), chosen


def pieces_of(x: Tensor, chosen: list[scenes.Picture], cells: int, chance: random.Random) -> Tensor:
    """x (B, C, H, W) -> (B, C, 8 cells, 8 cells), cut on the lattice, so that a cell of an object is in every piece."""
    side, most = cells * scenes.CELL, scenes.SIDE // scenes.CELL - cells
    pieces = []
    for part, picture in zip(x, chosen, strict=True):
        placed = chance.choice(picture.placed)
        y, z = (
            min(max(first + chance.randrange(placed.side) - chance.randrange(cells), 0), most) * scenes.CELL
            for first in (placed.row, placed.column)
        )
        pieces.append(part[:, y : y + side, z : z + side])
    return torch.stack(pieces)


def train(
    recipe: Recipe,
    renderer: scenes.Renderer,
    out: Path,
    run: Path,
    minutes: float = float("inf"),
    before: KLAutoencoder | None = None,
) -> Metrics:
    """Writes the averaged weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    model = KLAutoencoder(recipe.model).to(accelerator.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if before is not None:
        model.load_state_dict(before.state_dict())
    ema = EMA(model, recipe.ema)
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay, kernels=True)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, accelerator.device)
    ema.steps = clock.step
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    chance = random.Random(recipe.seed + clock.step)

    def step(progress: float) -> Metrics:
        x, chosen = drawn(renderer, recipe.batch, chance)
        if progress < 1 - recipe.whole:
            x = pieces_of(x, chosen, recipe.piece, chance)
        x = x.to(accelerator.device, memory_format=torch.channels_last)
        code = (recipe.batch, recipe.model.latent, *(side // recipe.model.shrink for side in x.shape[2:]))
        noise = torch.randn(code, generator=generator).to(x.device)
        optimizer.set_rate(cosine(progress))
        with autocast(model):
            found = terms(model, x, noise, recipe.kl_weight)
        accelerator.backward(found["loss"])
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ema.update(model)
        return {name: term.item() for name, term in found.items()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    metrics = fit(step, save, Budget(recipe.steps, minutes), clock)
    some, _ = drawn(
        renderer, recipe.measured, random.Random(recipe.seed)
    )  # repeated on a finished run, the scale stays
    averaged = KLAutoencoder(recipe.model).to(accelerator.device)
    averaged.load_state_dict(ema.model.state_dict())
    averaged.config = replace(recipe.model, scale=scale_of(averaged, some, torch.Generator().manual_seed(recipe.seed)))
    files.save(averaged, out)
    return metrics


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the scenes, from the autoencoder of emoji where it is there."""
    emoji = ASSETS / "checkpoints/kl-emoji.safetensors"
    before = files.read(emoji, KLAutoencoder, KLConfig) if emoji.exists() else None
    return train(recipe, scenes.Renderer(present("emoji")), out, run, minutes, before)
