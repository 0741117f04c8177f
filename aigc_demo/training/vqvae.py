"""Train the autoencoder whose codes are words: 64x64 pictures become 8x8 tokens, which DALL-E writes.

    python -m aigc_demo.training vqvae-scenes --minutes 12

Absolute and squared error of the pixels and the commitment of the encoder (van den Oord et al., 2017,
arXiv:1711.00937, eq. 3); the codebook follows as moving averages (appendix A.1). The outer levels start as those
of the KL autoencoder of scenes. Pieces of pictures come first, whole pictures at the end, as there.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

import random
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.data import scenes
from aigc_demo.data.fetch import present
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.precision import autocast
from aigc_demo.models.vqvae import VQVAE, Quantised, VectorQuantiser, VQConfig
from aigc_demo.training.ema import EMA
from aigc_demo.training.kl_scenes import drawn, pieces_of
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.state import keep, resume


@dataclass(frozen=True)
class Recipe:
    model: VQConfig = field(default_factory=VQConfig)
    steps: int = 6_000
    batch: int = 16
    muon_rate: float = 0.01  # peak, for matrices and kernels
    rate: float = 2e-3  # peak, for the rest
    weight_decay: float = 0.01
    commitment: float = 0.25  # weight of the commitment
    piece: int = 4  # side of the pieces, in cells of the lattice
    whole: float = 0.15  # share of the budget, at its end, that is for whole pictures
    ema: float = 0.998  # decay of the moving average
    decoder_only: bool = False  # encoder and codebook of the shipped file stay: the same tokens, a better picture
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=replace(VQConfig.tiny(), image_size=64), steps=2, batch=4, whole=0.5)


RECIPES = {"vqvae-scenes": Recipe()}


class Averages:
    """The moving averages behind a codebook, which the weights' file does not carry, as a part of a run's state."""

    def __init__(self, quantiser: VectorQuantiser):
        self.tensors = {"counts": quantiser.counts, "sums": quantiser.sums}

    def state_dict(self) -> dict[str, Tensor]:
        """counts (K,) and sums (K, D)."""
        return self.tensors

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        for name, tensor in self.tensors.items():
            tensor.copy_(state[name])


def start_from(model: VQVAE, other: KLAutoencoder | VQVAE) -> list[str]:
    """Take over what fits of an autoencoder, which may have fewer levels: the names of these tensors."""
    more = len(model.config.widths) - len(other.config.widths)
    ours, taken = model.state_dict(), {}
    for name, tensor in other.state_dict().items():
        level = re.sub(r"(?<=^decoder\.up\.)\d+", lambda found: str(int(found[0]) + more), name)
        if level in ours and ours[level].shape == tensor.shape:
            taken[level] = tensor
    model.load_state_dict(taken, strict=False)
    return list(taken)


def terms(quantised: Quantised, rebuilt: Tensor, x: Tensor, commitment: float) -> dict[str, Tensor]:
    """The loss and its parts. `rebuilt` and x (B, C, H, W)."""
    absolute, squared = F.l1_loss(rebuilt, x), F.mse_loss(rebuilt, x)
    loss = absolute + squared + commitment * quantised.commitment
    return {"loss": loss, "absolute": absolute, "squared": squared, "commitment": quantised.commitment}


def train(
    recipe: Recipe,
    renderer: scenes.Renderer,
    out: Path,
    run: Path,
    minutes: float = float("inf"),
    before: KLAutoencoder | VQVAE | None = None,
) -> Metrics:
    """Writes the averaged weights, with the last codebook, to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    model = VQVAE(recipe.model)
    if before is not None:
        start_from(model, before)
    if recipe.decoder_only:
        for part in (model.encoder, model.leave, model.quantiser):
            part.requires_grad_(False)
        model.quantiser.eval()
    model = model.to(accelerator.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    ema = EMA(model, recipe.ema)
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay, kernels=True)
    parts: dict[str, Any] = {"model": model, "ema": ema.model, "optimizer": optimizer}
    if isinstance(model.quantiser, VectorQuantiser):
        parts["averages"] = Averages(model.quantiser)
    clock = resume(run, parts, accelerator.device)
    ema.steps = clock.step
    chance = random.Random(recipe.seed + clock.step)

    def step(progress: float) -> Metrics:
        x, chosen = drawn(renderer, recipe.batch, chance)
        if progress < 1 - recipe.whole and not recipe.decoder_only:
            x = pieces_of(x, chosen, recipe.piece, chance)
        x = x.to(accelerator.device, memory_format=torch.channels_last)
        optimizer.set_rate(cosine(progress))
        with autocast(model):
            quantised, rebuilt = model(x)
            found = terms(quantised, rebuilt, x, recipe.commitment)
        accelerator.backward(found["loss"])
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ema.update(model)
        if isinstance(model.quantiser, VectorQuantiser) and isinstance(ema.model.quantiser, VectorQuantiser):
            ema.model.quantiser.entries.weight.copy_(model.quantiser.entries.weight)  # an average of its own
        return {name: term.item() for name, term in found.items()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the scenes, from their KL autoencoder where it is there; the decoder alone from the shipped weights."""
    kl, own = (ASSETS / f"checkpoints/{name}-scenes.safetensors" for name in ("kl", "vqvae"))
    before: KLAutoencoder | VQVAE | None = None
    if recipe.decoder_only:
        before = files.read(own, VQVAE, VQConfig)
    elif kl.exists():
        before = files.read(kl, KLAutoencoder, KLConfig)
    return train(recipe, scenes.Renderer(present("emoji")), out, run, minutes, before)
