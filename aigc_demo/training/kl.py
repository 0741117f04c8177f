"""Train the colour autoencoder on emoji.

    python -m aigc_demo.training kl-emoji --minutes 40

Absolute and squared error of the pixels, and a very light KL term (Rombach et al., 2022, arXiv:2112.10752, section 3.1;
no adversary and no perceptual term here). Every picture is put on white or on a colour of chance, and mirrored half of
the time. First come pieces of pictures, which teach nearly as much per step and cost a quarter; whole pictures come at
the end.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import emoji
from aigc_demo.data.fetch import present
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.precision import autocast
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.rates import cosine, set_rate
from aigc_demo.training.state import keep, resume


@dataclass(frozen=True)
class Recipe:
    model: KLConfig = field(default_factory=KLConfig)
    steps: int = 12_000
    batch: int = 16
    learning_rate: float = 2e-3  # peak; rises over the first 2 % of the budget, then falls along a cosine to 0
    kl_weight: float = 1e-4  # of the KL divergence of one number of the code, nats
    white: float = 0.5  # share of pictures on white; the others are on a colour of chance
    piece: int = 32  # side of the pieces
    whole: float = 0.4  # share of the budget, at its end, that is for whole pictures
    ema: float = 0.998  # decay of the moving average
    measured: int = 1000  # pictures that the scale of the code is measured on
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=KLConfig.tiny(), steps=2, batch=4, whole=0.5, measured=8)


RECIPES = {"kl-emoji": Recipe()}


def piece_of(rgba: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """rgba (B, 4, H, W) -> (B, 4, side, side), cut at a place of chance."""
    top, left = (int(torch.randint(size - side + 1, (1,), generator=generator)) for size in rgba.shape[-2:])
    return rgba[:, :, top : top + side, left : left + side]


def drawn(rgba: Tensor, white: float, generator: torch.Generator) -> Tensor:
    """rgba (B, 4, H, W) uint8 -> (B, 3, H, W) in [-1, 1] on white or a colour of chance, mirrored or not."""
    count = len(rgba)
    paper = torch.rand(count, 3, generator=generator)
    paper[torch.rand(count, generator=generator) < white] = 1.0
    mirrored = torch.rand(count, 1, 1, 1, generator=generator) < 0.5
    return emoji.on_background(torch.where(mirrored, rgba.flip(-1), rgba), paper)


def terms(model: KLAutoencoder, x: Tensor, noise: Tensor, kl_weight: float) -> dict[str, Tensor]:
    """The loss and its parts. x (B, C, H, W) in [-1, 1], noise as the code."""
    posterior, rebuilt = model(x, noise)
    absolute, squared = F.l1_loss(rebuilt.float(), x), F.mse_loss(rebuilt.float(), x)
    kl = posterior.kl().mean()
    return {"loss": absolute + squared + kl_weight * kl, "absolute": absolute, "squared": squared, "kl": kl}


@torch.no_grad()
def scale_of(model: KLAutoencoder, x: Tensor, generator: torch.Generator) -> float:
    """1 / standard deviation of the codes of x (N, C, H, W), all numbers together (arXiv:2112.10752, appendix G)."""
    device = next(model.parameters()).device
    codes = []
    for part in torch.split(x, 50):
        posterior = model.encode(part.to(device))
        codes.append(posterior.sample(torch.randn(posterior.mean.shape, generator=generator).to(device)).cpu())
    return 1 / float(torch.cat(codes).std())


def train(recipe: Recipe, pictures: Tensor, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """`pictures` (N, 4, H, W) uint8 with opacity. Writes the averaged weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    model = KLAutoencoder(recipe.model)
    ema = EMA(model, recipe.ema)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, weight_decay=0.01, betas=(0.9, 0.99), fused=True
    )
    ema.model.to(accelerator.device)
    model, optimizer = model.to(accelerator.device), accelerator.prepare(optimizer)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, accelerator.device)
    ema.steps = clock.step
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    batches = endless(len(pictures), recipe.batch, recipe.seed + clock.step)

    def step(progress: float) -> Metrics:
        rgba = pictures[next(batches)]
        if progress < 1 - recipe.whole:
            rgba = piece_of(rgba, recipe.piece, generator)
        x = drawn(rgba, recipe.white, generator).to(accelerator.device)
        code = (recipe.batch, recipe.model.latent, *(side // recipe.model.shrink for side in x.shape[2:]))
        noise = torch.randn(code, generator=generator).to(x.device)
        set_rate(optimizer, recipe.learning_rate * cosine(progress))
        with autocast(model):
            found = terms(model, x, noise, recipe.kl_weight)
        accelerator.backward(found["loss"])
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        ema.update(model)
        return {name: term.item() for name, term in found.items()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    metrics = fit(step, save, Budget(recipe.steps, minutes), clock)
    averaged = KLAutoencoder(recipe.model).to(accelerator.device)
    averaged.load_state_dict(ema.model.state_dict())
    chance = torch.Generator().manual_seed(recipe.seed)  # its own: repeated on a finished run, the scale stays
    some = torch.randperm(len(pictures), generator=chance)[: recipe.measured]
    scale = scale_of(averaged, drawn(pictures[some], 1.0, chance), chance)
    averaged.config = replace(recipe.model, scale=scale)
    files.save(averaged, out)
    return metrics


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the emoji of both vendors."""
    folder = present("emoji")
    pictures = torch.cat([emoji.pictures(folder, vendor, "train") for vendor in emoji.VENDORS])
    return train(recipe, pictures, out, run, minutes)
