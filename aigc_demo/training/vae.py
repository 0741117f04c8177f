"""Train the autoencoders: digits in two and in sixteen numbers, binarised digits, shapes.

    python -m aigc_demo.training vae-digits-cvae-2d --minutes 4

The id chooses the recipe (`RECIPES`). All of them minimise

    -log p(x|z) + beta KL(q(z|x) | p(z))          (arXiv:1312.6114, eq. 10; beta as in Higgins et al., 2017)

but the plain autoencoder, which has no KL term, and the one with K > 1 codes, which maximises the importance weighted
bound (arXiv:1509.00519, eq. 8). A run stops at any time and goes on from its folder. Time, hardware and the figures
reached stand in the catalogue.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import digits, shapes
from aigc_demo.data.fetch import present
from aigc_demo.models.precision import autocast
from aigc_demo.models.vae import VAE, VAEConfig, bound
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.rates import cosine, set_rate
from aigc_demo.training.state import Snapshots, keep, resume

MEASURED = 10_000  # pictures whose codes are standardised
Batches = Iterator[tuple[Tensor, Tensor]]  # pictures (B, C, H, W) in [0, 1], labels (B,); without end


@dataclass(frozen=True)
class Recipe:
    model: VAEConfig = field(default_factory=VAEConfig)
    data: str = "digits"  # digits, binarised (drawn anew every time) or shapes
    steps: int = 9_400  # 20 times through the digits
    batch: int = 128
    learning_rate: float = 1e-3  # peak; rises over the first 2 % of the budget, then falls along a cosine
    eps: float = 1e-8  # of Adam
    first_beta: float = 0.0  # falls to the model's over a third of the budget; 0: the model's from the start
    bf16: bool = False  # multiply matrices in bfloat16: pays where they are large
    snapshots: int = 0  # copies kept for the time machine, closer together at the start
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=VAEConfig.tiny(), steps=2, batch=4, snapshots=2)


PLANE = VAEConfig(latent=2, hidden=(256, 256))
SQUEEZE = VAEConfig()
PAPER = VAEConfig(latent=50, hidden=(200, 200), activation="tanh")  # arXiv:1509.00519, section 5
SHAPES = VAEConfig((1, 64, 64), latent=10, hidden=(128,), maps=(16, 48, 64), strides=(4, 2, 2))
BETAS = (0.25, 1.0, 2.0, 4.0, 8.0, 16.0)
SHAPE_BETAS, SHAPE_SEEDS = (1.0, 4.0, 16.0), 3


def digit_recipes(base: VAEConfig, suffix: str = "", steps: int = 9_400, snapshots: int = 0) -> dict[str, Recipe]:
    """The four kinds of autoencoder on digits."""
    kinds = {
        "ae": replace(base, variational=False, likelihood="gaussian"),
        "vae": base,
        "cvae": replace(base, classes=10),
        "beta4": replace(base, beta=4.0),
    }
    return {
        f"vae-digits-{name}{suffix}": Recipe(model, steps=steps, snapshots=snapshots) for name, model in kinds.items()
    }


RECIPES: dict[str, Recipe] = {
    **digit_recipes(PLANE, "-2d", steps=23_400, snapshots=10),
    **digit_recipes(SQUEEZE),
    "vae-digits-cvae": Recipe(replace(SQUEEZE, classes=10), steps=18_800, first_beta=10.0),
    **{f"vae-digits-beta{b:g}": Recipe(replace(SQUEEZE, beta=b)) for b in BETAS if b not in (1, 4)},
    "vae-digits-binarised": Recipe(PAPER, "binarised", 600_000, 250, 2e-3, eps=1e-4, bf16=True),
    "vae-digits-binarised-iwae5": Recipe(replace(PAPER, codes=5), "binarised", 600_000, 250, 2e-3, eps=1e-4, bf16=True),
    **{
        f"vae-shapes-beta{b:g}-seed{s}": Recipe(replace(SHAPES, beta=b), "shapes", 6_000, batch=64, bf16=True, seed=s)
        for b in SHAPE_BETAS
        for s in range(SHAPE_SEEDS)
    },
}


def terms(model: VAE, x: Tensor, label: Tensor, noise: Tensor, beta: float | None = None) -> dict[str, Tensor]:
    """The loss and its parts in nats per picture. x (B, C, H, W), label (B,), noise (K, B, D); beta: another weight."""
    config = model.config
    known = label if config.classes else None
    if config.codes > 1:
        return {"loss": -bound(model.log_weights(x, noise, known)).mean()}
    posterior, logits = model(x, noise[0], known)
    error = -model.log_likelihood(x, logits).mean()
    if not config.variational:
        return {"loss": error}
    kl = posterior.kl().sum(1).mean()
    return {"loss": error + (config.beta if beta is None else beta) * kl, "reconstruction": error, "kl": kl}


def weight(recipe: Recipe, progress: float) -> float:
    """Weight of the KL term over the budget.

    A CVAE begins heavier: while a code is dear, the decoder learns to take the class from where it is free.
    """
    beta = recipe.model.beta
    return beta + max(recipe.first_beta - beta, 0.0) * max(0.0, 1 - 3 * progress)


@torch.no_grad()
def standardise(model: VAE, x: Tensor) -> None:
    """Shift and scale the code so that over x (N, C, H, W) it has mean 0 and deviation 1; what is rebuilt stays.

    An autoencoder's code may lie anywhere; this puts it on the same plane as the prior of a VAE.
    """
    codes = torch.cat([model.encode(part).mean for part in torch.split(x, 1000)])
    mean, deviation = codes.mean(0), codes.std(0)
    first = next(layer for layer in model.decoder if isinstance(layer, torch.nn.Linear))
    first.bias.add_(first.weight @ mean)
    first.weight.mul_(deviation)
    model.mean.weight.div_(deviation[:, None])
    model.mean.bias.copy_((model.mean.bias - mean) / deviation)


def digit_batches(recipe: Recipe, images: Tensor, labels: Tensor, first: int) -> Batches:
    """Digits (N, 1, 28, 28) in [0, 1] in an order that the seed fixes; with "binarised", black or white by chance."""
    generator = torch.Generator().manual_seed(recipe.seed + first)
    for chosen in endless(len(images), recipe.batch, recipe.seed + first):
        x = images[chosen]
        if recipe.data == "binarised":
            x = (torch.rand(x.shape, generator=generator) < x).float()
        yield x, labels[chosen]


def shape_batches(recipe: Recipe, first: int) -> Batches:
    """Random shapes and which shape each is."""
    generator = torch.Generator().manual_seed(recipe.seed + first)
    while True:
        x, factors = shapes.training_batch(recipe.batch, generator)
        yield x, factors[:, 0]


class Coding:
    """A network and its optimiser; `update` is one step of training."""

    def __init__(self, recipe: Recipe, accelerator: Accelerator):
        self.recipe, self.accelerator = recipe, accelerator
        self.model = VAE(recipe.model).to(accelerator.device)
        optimizer = torch.optim.Adam(self.model.parameters(), lr=recipe.learning_rate, eps=recipe.eps, fused=True)
        self.optimizer = accelerator.prepare(optimizer)

    @property
    def parts(self) -> dict[str, object]:
        """What has to be kept to go on."""
        return {"model": self.model, "optimizer": self.optimizer}

    def terms(self, x: Tensor, label: Tensor, draws: torch.Generator, beta: float | None = None) -> dict[str, Tensor]:
        """`terms` with codes drawn from `draws`. x (B, C, H, W) in [0, 1], label (B,)."""
        x, label = x.to(self.accelerator.device), label.to(self.accelerator.device)
        noise = torch.randn(self.recipe.model.codes, len(x), self.recipe.model.latent, generator=draws).to(x.device)
        with autocast(self.model) if self.recipe.bf16 else nullcontext():
            return terms(self.model, x, label, noise, beta)

    def update(
        self, x: Tensor, label: Tensor, rate: float, draws: torch.Generator, beta: float | None = None
    ) -> Metrics:
        """One update at a learning rate. x (B, C, H, W) in [0, 1], label (B,); beta: another weight of the KL term."""
        set_rate(self.optimizer, rate)
        found = self.terms(x, label, draws, beta)
        self.accelerator.backward(found["loss"])
        self.optimizer.step()
        self.optimizer.zero_grad()
        return {name: term.item() for name, term in found.items()}


def train(
    recipe: Recipe, batches: Callable[[int], Batches], out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """`batches(step)` goes on after so many steps. Writes the weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    work = Coding(recipe, accelerator)
    clock = resume(run, work.parts, accelerator.device)
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    source = batches(clock.step)
    snapshots = Snapshots(run, recipe.snapshots)

    def step(progress: float) -> Metrics:
        rate = recipe.learning_rate * cosine(progress, 0.01)
        metrics = work.update(*next(source), rate, generator, weight(recipe, progress))
        if snapshots.due(progress):
            snapshots.save(work.model, clock.step * recipe.batch)
        return metrics

    def save(metrics: Metrics) -> None:
        files.save(work.model, out)
        keep(run, work.parts, clock, recipe.batch, metrics)

    metrics = fit(step, save, Budget(recipe.steps, minutes), clock)
    if not recipe.model.variational:
        seen = [x for x, _ in itertools.islice(batches(0), math.ceil(MEASURED / recipe.batch))]
        standardise(work.model, torch.cat(seen).to(accelerator.device))
        files.save(work.model, out)
    return metrics


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the pictures of the recipe's data set."""
    if recipe.data == "shapes":
        return train(recipe, functools.partial(shape_batches, recipe), out, run, minutes)
    images, labels = digits.load(present("mnist"), "train")
    return train(recipe, functools.partial(digit_batches, recipe, images.float() / 255, labels), out, run, minutes)
