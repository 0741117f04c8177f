"""Train CLIP on captioned scenes, Chinese and English.

    python -m aigc_demo.training clip-scenes --minutes 10

The contrastive loss of Radford et al., 2021 (arXiv:2103.00020, figure 3), over batches of scenes that are hard to tell
apart: each comes with others of the same objects on the same background. A caption that happens to be true of another
picture of the batch is no mistake and is left out of the sum. Muon for matrices, AdamW for the rest.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

import math
import random
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import scene_tokens, scenes
from aigc_demo.data.captions import caption
from aigc_demo.data.fetch import present
from aigc_demo.models.clip import CLIP, CLIPConfig
from aigc_demo.models.precision import autocast
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.state import keep, resume


@dataclass(frozen=True)
class Recipe:
    model: CLIPConfig = field(default_factory=CLIPConfig)
    steps: int = 4_000
    batch: int = 96
    group: int = 3  # scenes of the same objects and background that follow each other in a batch
    muon_rate: float = 0.02  # peak, for matrices
    rate: float = 2e-3  # peak, for the rest
    weight_decay: float = 0.01
    ema: float = 0.99  # decay of the moving average
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=CLIPConfig.tiny(), steps=2, batch=6)


RECIPES = {"clip-scenes": Recipe()}


def draw_batch(recipe: Recipe, chance: random.Random) -> list[scenes.Scene]:
    """Training scenes by chance, each followed by `group` - 1 others of the same objects and background."""
    chosen: list[scenes.Scene] = []
    while len(chosen) < recipe.batch:
        first = scenes.draw_scene(chance)
        others = scenes.alike(frozenset(first.objects), first.background)
        chosen += [first, *(chance.choice(others) for _ in range(recipe.group - 1))]
    return chosen[: recipe.batch]


def also_true(claims: list[scenes.Scene], shown: list[scenes.Scene]) -> Tensor:
    """(N, N) bool: caption i is true of picture j, which is not its own."""
    found = [
        [i != j and scenes.agrees(claim, scene) for j, scene in enumerate(shown)] for i, claim in enumerate(claims)
    ]
    return torch.tensor(found)


def contrastive_loss(similarity: Tensor, excluded: Tensor) -> dict[str, Tensor]:
    """Cross-entropy in nats of finding the picture of each caption and the caption of each picture, (N, N) both."""
    logits = similarity.float().masked_fill(excluded, -math.inf)
    own = torch.arange(len(logits), device=logits.device)
    loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
    return {"loss": loss, "right": (logits.argmax(1) == own).float().mean()}


def train(recipe: Recipe, renderer: scenes.Renderer, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """Writes the averaged weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = CLIP(recipe.model).to(device)
    ema = EMA(model, recipe.ema)
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    ema.steps = clock.step
    chance = random.Random(recipe.seed + clock.step)

    def step(progress: float) -> Metrics:
        chosen = draw_batch(recipe, chance)
        said = [caption(scene, chance) for scene in chosen]
        tokens = scene_tokens.encode([text for text, _ in said], recipe.model.text.context).to(device)
        tokens = tokens[:, : int((tokens != scene_tokens.PAD).sum(1).max())]  # nothing looks at the padding
        x = scenes.to_float(renderer.batch([scenes.draw_picture(scene, chance) for scene in chosen])).to(device)
        excluded = also_true([claims for _, claims in said], chosen).to(device)
        optimizer.set_rate(cosine(progress))
        with autocast(model):
            terms = contrastive_loss(model(tokens, x), excluded)
        accelerator.backward(terms["loss"])
        optimizer.step()
        ema.update(model)
        return {name: term.item() for name, term in terms.items()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on captioned renders of the scenes."""
    return train(recipe, scenes.Renderer(present("emoji")), out, run, minutes)
