"""Train the convolutional LSTM that continues clips of moving digits.

    python -m aigc_demo.training convlstm-digits --minutes 14

Cross-entropy of the ink of every next frame (Shi et al., 2015, arXiv:1506.04214, section 4.1), of those behind the
given ones too, which the network says from what it said before. Two to eight frames are given. Clips begin short and
become as long as those of the page, so that the first steps cost little. Every clip is drawn anew. Muon for kernels.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import digits, moving_digits
from aigc_demo.data.fetch import present
from aigc_demo.models.convlstm import ConvLSTM, ConvLSTMConfig
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.state import keep, resume

GIVEN = (2, 8)  # fewest and most frames that are given
SHORTEST = 6  # frames of a clip at the start


@dataclass(frozen=True)
class Recipe:
    model: ConvLSTMConfig = field(default_factory=ConvLSTMConfig)
    steps: int = 12_000
    batch: int = 16
    frames: int = moving_digits.FRAMES  # of a clip at the end
    grown: float = 0.5  # share of the budget after which clips have all their frames
    muon_rate: float = 0.02  # peak, for kernels
    rate: float = 3e-3  # peak, for the rest
    weight_decay: float = 0.01
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=ConvLSTMConfig.tiny(), steps=2, batch=2, frames=7)


RECIPES = {"convlstm-digits": Recipe()}


def next_loss(model: ConvLSTM, clips: Tensor, given: int) -> dict[str, Tensor]:
    """Mean cross-entropy in nats of the ink of every frame from the third on; clips (B, T, H, W) in [-1, 1].

    Of one frame alone nobody knows where it goes, so the second does not count.
    """
    ink = (clips + 1) / 2
    said = torch.stack(list(model.logits(ink[:, :given], clips.shape[1] - given)), 1)
    by_frame = F.binary_cross_entropy_with_logits(said, ink[:, 1:], reduction="none").mean((0, 2, 3))
    return {"loss": by_frame[1:].mean(), "last": by_frame[-1].detach()}


def train(recipe: Recipe, handwritten: Tensor, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """Digits `handwritten` (N, 28, 28) uint8. Weights go to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = ConvLSTM(recipe.model).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay, kernels=True)
    parts = {"model": model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    batches = endless(len(handwritten), recipe.batch, recipe.seed + clock.step)

    def step(progress: float) -> Metrics:
        frames = round(SHORTEST + (recipe.frames - SHORTEST) * min(1.0, progress / recipe.grown))
        given = int(torch.randint(GIVEN[0], min(GIVEN[1], frames - 2) + 1, (), generator=generator))
        clips = moving_digits.draw(handwritten[next(batches)], generator, frames).frames
        optimizer.set_rate(cosine(progress))
        terms = next_loss(model, clips.to(device), given)
        accelerator.backward(terms["loss"])
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return {name: term.item() for name, term in terms.items()}

    def save(metrics: Metrics) -> None:
        files.save(model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock, log_every=25)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on clips of the 60,000 training digits of MNIST."""
    images, _ = digits.load(present("mnist"), "train")
    return train(recipe, images[:, 0], out, run, minutes)
