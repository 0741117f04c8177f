"""Train the diffusion model on digits.

    python -m aigc_demo.training diffusion-digits --minutes 100

v-prediction (Salimans & Ho, 2022, arXiv:2202.00512) on the cosine schedule; timesteps drawn from a logit-normal
(Esser et al., 2024, arXiv:2403.03206, section 3.1), one in ten evenly, so that the ends are seen too; one label in ten
replaced by the null class (Ho & Salimans, 2022, arXiv:2207.12598, algorithm 1).

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import digits
from aigc_demo.data.fetch import present
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.precision import autocast
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.rates import cosine, set_rate
from aigc_demo.training.state import Snapshots, keep, resume


@dataclass(frozen=True)
class Recipe:
    model: DiffusionConfig = field(default_factory=DiffusionConfig)
    steps: int = 40_000
    batch: int = 64
    learning_rate: float = 1e-3  # peak; rises over the first 2 % of the budget, then falls along a cosine to 0
    unlabelled: float = 0.1  # share of labels replaced by the null class
    ema: float = 0.999  # decay of the moving average
    snapshots: int = 10  # copies kept for the time machine, closer together at the start
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=DiffusionConfig.tiny(), steps=2, batch=4, snapshots=2)


RECIPES = {"diffusion-digits": Recipe()}


def draw_timesteps(count: int, total: int, generator: torch.Generator) -> Tensor:
    """Timesteps (B,) below `total`: nine in ten logit-normal around the middle, one in ten uniform."""
    middle = torch.sigmoid(torch.randn(count, generator=generator))
    even = torch.rand(count, generator=generator)
    chosen = torch.where(torch.rand(count, generator=generator) < 0.1, even, middle)
    return (chosen * total).long().clamp(max=total - 1)


def denoising_loss(
    model: Callable[..., Tensor], x0: Tensor, eps: Tensor, t: Tensor, label: Tensor, alpha_bar: Tensor
) -> dict[str, Tensor]:
    """Mean squared error of the predicted v (arXiv:2202.00512, section 4 and appendix D).

    x0, eps (B, C, H, W) folded; t, label and alpha_bar, which is alpha_bar_t, (B,).
    """
    a = alpha_bar.view(-1, 1, 1, 1)
    x_t = a.sqrt() * x0 + (1 - a).sqrt() * eps
    v = a.sqrt() * eps - (1 - a).sqrt() * x0
    return {"loss": F.mse_loss(model(x_t, t, label).float(), v)}


class Denoising:
    """A network, its slow copy and its optimiser; `update` is one step of training."""

    def __init__(self, recipe: Recipe, accelerator: Accelerator):
        self.recipe, self.accelerator = recipe, accelerator
        self.model = DiffusionModel(recipe.model)
        self.ema = EMA(self.model, recipe.ema)
        optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=recipe.learning_rate, weight_decay=0.01, betas=(0.9, 0.99), fused=True
        )
        self.ema.model.to(accelerator.device)
        self.network, self.optimizer = accelerator.prepare(self.model, optimizer)
        self.schedule = alpha_bar(recipe.model.schedule, recipe.model.levels).float()

    @property
    def parts(self) -> dict[str, object]:
        """What has to be kept to go on."""
        return {"model": self.model, "ema": self.ema.model, "optimizer": self.optimizer}

    def terms(self, x: Tensor, label: Tensor, draws: torch.Generator) -> dict[str, Tensor]:
        """The loss at timesteps and with noise from `draws`. x (B, C, H, W) in [-1, 1], label (B,)."""
        device = self.accelerator.device
        x0 = self.model.fold(x).to(device)
        t = draw_timesteps(len(x), self.recipe.model.levels, draws)
        eps = torch.randn(x0.shape, generator=draws).to(device)
        with autocast(self.model):
            return denoising_loss(self.network, x0, eps, t.to(device), label.to(device), self.schedule[t].to(device))

    def update(self, x: Tensor, label: Tensor, rate: float, draws: torch.Generator) -> Metrics:
        """One update at a learning rate. x (B, C, H, W) in [-1, 1], label (B,)."""
        set_rate(self.optimizer, rate)
        terms = self.terms(x, label, draws)
        self.accelerator.backward(terms["loss"])
        self.accelerator.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.ema.update(self.model)
        return {name: term.item() for name, term in terms.items()}


def train(
    recipe: Recipe, images: Tensor, labels: Tensor, out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """`images` (N, C, H, W) in [-1, 1], `labels` (N,). Writes the averaged weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    work = Denoising(recipe, accelerator)
    clock = resume(run, work.parts, accelerator.device)
    work.ema.steps = clock.step
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    batches = endless(len(images), recipe.batch, recipe.seed + clock.step)
    budget = Budget(recipe.steps, minutes)
    snapshots = Snapshots(run, recipe.snapshots, power=2)
    null = recipe.model.unet.classes - 1

    def step(progress: float) -> Metrics:
        chosen = next(batches)
        label = labels[chosen].masked_fill(torch.rand(recipe.batch, generator=generator) < recipe.unlabelled, null)
        metrics = work.update(images[chosen], label, recipe.learning_rate * cosine(progress), generator)
        if snapshots.due(progress):
            snapshots.save(work.ema.model, clock.step * recipe.batch)
        return metrics

    def save(metrics: Metrics) -> None:
        files.save(work.ema.model, out)
        keep(run, work.parts, clock, recipe.batch, metrics)

    return fit(step, save, budget, clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the 60,000 digits of MNIST."""
    images, labels = digits.load(present("mnist"), "train")
    return train(recipe, digits.to_float(images), labels, out, run, minutes)
