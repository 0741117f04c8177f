"""Train video diffusion on moving digits.

    python -m aigc_demo.training video-digits --minutes 95

Rectified flow (Liu et al., 2022, arXiv:2209.03003, eq. 1), flow times as for text to image; one digit in ten untold
(Ho & Salimans, 2022, arXiv:2207.12598, algorithm 1). Of three clips in ten the first frames are given without noise
(as in Chen et al., 2024, arXiv:2407.01392), so that the network can continue a clip. Every clip is drawn anew.
Muon for matrices and kernels.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import digits, moving_digits
from aigc_demo.data.fetch import present
from aigc_demo.models.precision import autocast
from aigc_demo.models.video import Video, VideoConfig
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.state import Snapshots, keep, resume
from aigc_demo.training.text2image import draw_times


@dataclass(frozen=True)
class Recipe:
    model: VideoConfig = field(default_factory=VideoConfig)
    steps: int = 20_000
    batch: int = 16
    muon_rate: float = 0.02  # peak, for matrices and kernels
    rate: float = 2e-3  # peak, for the rest
    weight_decay: float = 0.01
    untold: float = 0.1  # share of digits replaced by the null class
    begun: float = 0.3  # share of clips whose first frames are given
    ema: float = 0.998  # decay of the moving average
    positions: float = 0.02  # deviation at the start of what tells the Transformer place and time; see QUEUE.md
    snapshots: int = 10  # copies kept for the time machine, closer together at the start
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=VideoConfig.tiny(), steps=2, batch=4, snapshots=2)


RECIPES = {"video-digits": Recipe()}


def draw_given(count: int, frames: int, share: float, generator: torch.Generator) -> Tensor:
    """Which frames are given, (B, T) true or false: of a `share` of clips the first two, up to half of them."""
    most = max(2, frames // 2)
    first = torch.randint(2, most + 1, (count, 1), generator=generator)
    begun = torch.rand(count, 1, generator=generator) < share
    return (torch.arange(frames) < first) & begun


def flow_loss(model: Video, x0: Tensor, eps: Tensor, s: Tensor, given: Tensor, label: Tensor) -> dict[str, Tensor]:
    """Mean squared error of the velocity eps - x0 in frames that are not given.

    x0, eps (B, T * C, h, w) folded, flow times s (B,), given (B, T), label (B,).
    """
    times = s[:, None].masked_fill(given, 0)  # (B, T)
    at = times.repeat_interleave(x0.shape[1] // given.shape[1], 1)[:, :, None, None]
    wrong = (model.velocity(torch.lerp(x0, eps, at), times, label) - (eps - x0)).square()
    by_frame = wrong.reshape(*given.shape, -1).mean(2)  # (B, T)
    return {"loss": by_frame[~given].mean()}


def train(
    recipe: Recipe, handwritten: Tensor, labels: Tensor, out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """Digits `handwritten` (N, 28, 28) uint8, `labels` (N,). Averaged weights go to `out`, all else to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    config = recipe.model
    model = Video(config).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    torch.nn.init.normal_(model.positions, std=recipe.positions)
    ema = EMA(model, recipe.ema)
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay, kernels=True)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    ema.steps = clock.step
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    batches = endless(len(handwritten), recipe.batch, recipe.seed + clock.step)
    snapshots = Snapshots(run, recipe.snapshots, power=2)

    def step(progress: float) -> Metrics:
        chosen = next(batches)
        x0 = model.fold(moving_digits.draw(handwritten[chosen], generator, config.frames).frames)
        label = labels[chosen].masked_fill(
            torch.rand(recipe.batch, generator=generator) < recipe.untold, config.classes - 1
        )
        drawn = (
            x0,
            torch.randn(x0.shape, generator=generator),
            draw_times(recipe.batch, generator),
            draw_given(recipe.batch, config.frames, recipe.begun, generator),
            label,
        )
        optimizer.set_rate(cosine(progress))
        with autocast(model):
            terms = flow_loss(model, *(part.to(device) for part in drawn))
        accelerator.backward(terms["loss"])
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ema.update(model)
        if snapshots.due(progress):
            snapshots.save(ema.model, clock.step * recipe.batch)
        return {name: term.item() for name, term in terms.items()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock, log_every=25)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on clips of the 60,000 training digits of MNIST."""
    images, labels = digits.load(present("mnist"), "train")
    return train(recipe, images[:, 0], labels, out, run, minutes)
