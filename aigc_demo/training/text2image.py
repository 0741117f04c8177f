"""Train text-to-image diffusion on captioned scenes, behind the autoencoder of scenes.

    python -m aigc_demo.training text2image-scenes --minutes 60

Rectified flow (Liu et al., 2022, arXiv:2209.03003, eq. 1), flow times drawn from a logit-normal (Esser et al., 2024,
arXiv:2403.03206, section 3.1) with more of the noisy half, where the caption decides, one in ten evenly; one caption in
ten empty (Ho & Salimans, 2022, arXiv:2207.12598, algorithm 1). The text tower is taught first (scene_text.py) and then
stays as it is, as Stable Diffusion's does. Muon for matrices and kernels.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.data import scene_tokens, scenes
from aigc_demo.data.captions import caption
from aigc_demo.data.fetch import present
from aigc_demo.models.clip import TextTower
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.replicas import Replicas
from aigc_demo.training.scene_codes import SceneCodes, kept
from aigc_demo.training.scene_text import taught
from aigc_demo.training.state import Snapshots, keep, resume

# Codes x0 (B, C, H, W), noise eps (B, C, H, W), flow times s (B,), tokens (B, T)
FlowBatch = tuple[Tensor, Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class FlowRecipe:
    """How a U-Net behind a text tower learns velocities."""

    model: Text2ImageConfig = field(default_factory=Text2ImageConfig)
    steps: int = 20_000
    batch: int = 32
    muon_rate: float = 0.02  # peak, for matrices and kernels
    rate: float = 2e-3  # peak, for the rest
    weight_decay: float = 0.01
    ema: float = 0.998  # decay of the moving average
    seed: int = 0


@dataclass(frozen=True)
class Recipe(FlowRecipe):
    untold: float = 0.1  # share of empty captions
    snapshots: int = 10  # copies kept for the time machine, closer together at the start

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=Text2ImageConfig.tiny(), steps=2, batch=4, snapshots=2)


RECIPES = {"text2image-scenes": Recipe()}


def draw_times(count: int, generator: torch.Generator) -> Tensor:
    """Flow times (B,) in 0..1: nine in ten logit-normal with their median at 0.62, one in ten even."""
    normal = torch.sigmoid(torch.randn(count, generator=generator) + 0.5)
    even = torch.rand(count, generator=generator)
    return torch.where(torch.rand(count, generator=generator) < 0.1, even, normal)


def flow_loss(model: Text2Image, x0: Tensor, eps: Tensor, s: Tensor, tokens: Tensor) -> dict[str, Tensor]:
    """Mean squared error of the velocity eps - x0. Codes (B, C, H, W), flow times s (B,), tokens (B, T)."""
    at = s[:, None, None, None]
    velocity = model.unet(torch.lerp(x0, eps, at), 1000 * s, model.encode(tokens))
    return {"loss": F.mse_loss(velocity.float(), eps - x0)}


def told(chosen: list[scenes.Scene], untold: float, chance: random.Random) -> list[str]:
    """A caption of each scene, or an empty one."""
    return ["" if chance.random() < untold else caption(scene, chance)[0] for scene in chosen]


def learn(
    recipe: FlowRecipe,
    model: Text2Image,
    batches: Callable[[int], Iterator[FlowBatch]],
    out: Path,
    run: Path,
    minutes: float,
    snapshots: Snapshots | None = None,
) -> Metrics:
    """Train the U-Net of `model` on `batches(first step)`. Averaged weights go to `out`, all else to `run`."""
    accelerator = Accelerator()
    device = accelerator.device
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    model.text.requires_grad_(False)
    ema = EMA(model, recipe.ema)
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay, kernels=True)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    replicas = Replicas(model, 2 if device.type == "cpu" else 1)
    ema.steps = clock.step
    flow = batches(clock.step)

    def step(progress: float) -> Metrics:
        x0, eps, s, tokens = next(flow)
        pictures = (part.float().to(device, memory_format=torch.channels_last) for part in (x0, eps))
        pieces = [part.chunk(len(replicas.models)) for part in (*pictures, s.to(device), tokens.to(device))]
        optimizer.set_rate(cosine(progress))
        terms = replicas.backward(lambda network, i: flow_loss(network, *(part[i] for part in pieces)))
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ema.update(model)
        if snapshots and snapshots.due(progress):
            snapshots.save(ema.model, clock.step * recipe.batch)
        return terms

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def train(
    recipe: Recipe, codes: SceneCodes, text: TextTower, out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """`codes` scaled to a deviation of 1, `text` as it is to stay. Averaged weights go to `out`, all else to `run`."""
    torch.manual_seed(recipe.seed)
    model = Text2Image(recipe.model)
    model.text.load_state_dict(text.state_dict())

    def batches(first: int) -> Iterator[FlowBatch]:
        generator, chance = torch.Generator().manual_seed(recipe.seed + first), random.Random(recipe.seed + first)
        while True:
            chosen, x0 = codes.draw(recipe.batch, chance)
            tokens = scene_tokens.encode(told(chosen, recipe.untold, chance), recipe.model.text.context)
            eps = torch.randn(x0.shape, generator=generator)
            yield x0, eps, draw_times(recipe.batch, generator), tokens

    return learn(recipe, model, batches, out, run, minutes, Snapshots(run, recipe.snapshots, power=2))


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the codes that the KL autoencoder makes of the scenes, with a text tower that is taught first."""
    autoencoder = files.read(ASSETS / f"checkpoints/{recipe.model.autoencoder}.safetensors", KLAutoencoder, KLConfig)
    scale = autoencoder.config.scale
    codes = kept(
        run / "codes.pt",
        lambda x: (autoencoder.encode(x).mean * scale).half(),
        scenes.Renderer(present("emoji")),
    )
    resumed = (run / "state.pt").exists()  # and so has its text tower
    text = TextTower(recipe.model.text) if resumed else taught(recipe.model.text)
    return train(recipe, codes, text, out, run, minutes)
