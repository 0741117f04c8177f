"""Train diffusion on the codes of spectrograms of spoken digits.

    python -m aigc_demo.training audiogan-fsdd-codes --minutes 5

The code is fitted first, in a second; then v-prediction as in training/diffusion.py, a step costing some milliseconds.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import spectrogram, spoken
from aigc_demo.data.fetch import present
from aigc_demo.models.code_diffusion import CodeConfig, CodeDiffusion
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.training.diffusion import denoising_loss, draw_timesteps
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.rates import cosine, set_rate
from aigc_demo.training.state import keep, resume


@dataclass(frozen=True)
class Recipe:
    model: CodeConfig = field(default_factory=CodeConfig)
    steps: int = 20_000
    batch: int = 128
    learning_rate: float = 2e-3  # peak; rises over the first 2 % of the budget, then falls along a cosine to 0
    weight_decay: float = 0.01
    unlabelled: float = 0.1  # share of labels replaced by the null class
    ema: float = 0.998  # decay of the moving average
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=CodeConfig(picture=(1, 32, 32), code=4, width=8, blocks=1), steps=2, batch=4)


RECIPES = {"audiogan-fsdd-codes": Recipe()}


def train(
    recipe: Recipe, images: Tensor, labels: Tensor, out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """`images` (N, C, H, W) in [-1, 1], `labels` (N,). Writes the averaged weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    model = CodeDiffusion(recipe.model)
    model.fit(images)
    codes = model.encode(images)
    ema = EMA(model, recipe.ema)
    ema.model.to(accelerator.device)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, betas=(0.9, 0.99), fused=True
    )
    network, optimizer = accelerator.prepare(model, optimizer)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, accelerator.device)
    ema.steps = clock.step
    schedule = alpha_bar(recipe.model.schedule, recipe.model.levels).float()
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    batches = endless(len(codes), recipe.batch, recipe.seed + clock.step)
    null = recipe.model.classes - 1

    def step(progress: float) -> Metrics:
        chosen = next(batches)
        x0 = codes[chosen].to(accelerator.device)
        label = labels[chosen].masked_fill(torch.rand(recipe.batch, generator=generator) < recipe.unlabelled, null)
        t = draw_timesteps(recipe.batch, recipe.model.levels, generator)
        eps = torch.randn(x0.shape, generator=generator).to(x0.device)
        set_rate(optimizer, recipe.learning_rate * cosine(progress))
        terms = denoising_loss(network, x0, eps, t.to(x0.device), label.to(x0.device), schedule[t].to(x0.device))
        accelerator.backward(terms["loss"])
        optimizer.step()
        optimizer.zero_grad()
        ema.update(model)
        return {name: term.item() for name, term in terms.items()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the recordings of the training split."""
    recordings = spoken.load(present("fsdd"), "train")
    return train(recipe, spectrogram.picture(recordings.clips), recordings.digits, out, run, minutes)
