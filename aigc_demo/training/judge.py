"""Train the judges: the classifiers that read what the other models draw.

    python -m aigc_demo.training judge-digits --minutes 12

The id chooses the recipe (`RECIPES`): digits by their number, written or spoken; emoji by who drew them and what group
they belong to.
Every picture is shifted, turned and scaled a little, anew each time. AdamW (Loshchilov & Hutter, 2019,
arXiv:1711.05101) with one rise and one fall of the learning rate (Smith & Topin, 2018, arXiv:1708.07120).

A run stops at any time and goes on from its folder. Time, hardware and the accuracy reached stand in the catalogue.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import digits, emoji, spectrogram, spoken
from aigc_demo.data.fetch import present
from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.models.precision import autocast
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.rates import one_cycle, set_rate
from aigc_demo.training.state import keep, resume

# pictures (N, C, H, W) in [-1, 1], labels (N,), and how often each comes (N,); None: each once, then all again
Labelled = tuple[Tensor, Tensor, Tensor | None]


@dataclass(frozen=True)
class Recipe:
    model: JudgeConfig = field(default_factory=JudgeConfig)
    data: str = "mnist"  # or emoji or fsdd
    steps: int = 9_400  # 20 times through the digits
    batch: int = 128
    learning_rate: float = 4e-3  # peak
    weight_decay: float = 0.02
    shift: float = 2.0  # most pixels a picture is moved, each way
    turn: float = 12.0  # most degrees a picture is turned, each way
    scale: float = 0.1  # most it grows or shrinks
    mirror: bool = False  # half of the pictures left for right
    paper: float = -1.0  # what comes in from outside
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=JudgeConfig.tiny(), steps=2, batch=4)


EMOJI = JudgeConfig(image_size=64, channels=3, classes=len(emoji.VENDORS) * len(emoji.GROUPS), dropout=0.4)
RECIPES: dict[str, Recipe] = {
    "judge-digits": Recipe(),
    "judge-emoji": Recipe(EMOJI, "emoji", 3_000, 64, shift=3.0, mirror=True, paper=1.0),
    "judge-sounds": Recipe(JudgeConfig(image_size=64, width=16), "fsdd", 1_200, 64, shift=4.0, turn=0.0, scale=0.05),
}


def vary(x: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Each picture of x (B, C, H, W) shifted, turned and scaled by a little that is drawn for it. -> (B, C, H, W)."""
    b, _, h, w = x.shape
    turn, scale, right, down = (2 * torch.rand(4, b, generator=generator) - 1).unbind()  # each (B,), -1 to 1
    angle, size = turn * math.radians(recipe.turn), 1 / (1 + scale * recipe.scale)
    cosine, sine = angle.cos() * size, angle.sin() * size
    right, down = right * 2 * recipe.shift / w, down * 2 * recipe.shift / h  # pixels -> the grid's -1 to 1
    matrix = torch.stack([cosine, -sine, right, sine, cosine, down], dim=1).view(b, 2, 3)
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)  # (B, H, W, 2)
    if recipe.mirror:
        grid[torch.rand(b, generator=generator) < 0.5] *= torch.tensor([-1.0, 1.0])
    return F.grid_sample(x - recipe.paper, grid, align_corners=False) + recipe.paper


def reading_loss(model: Callable[[Tensor], Tensor], x: Tensor, label: Tensor) -> dict[str, Tensor]:
    """Cross-entropy in nats and the share read right. x (B, C, H, W), label (B,)."""
    logits = model(x).float()
    right = (logits.argmax(1) == label).float().mean()
    return {"loss": F.cross_entropy(logits, label), "right": right}


def by_chance(chances: Tensor, batch: int, seed: int) -> Iterator[list[int]]:
    """Index batches without end; `chances` (N,) are how often each item comes, up to a factor."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield torch.multinomial(chances, batch, replacement=True, generator=generator).tolist()


def train(recipe: Recipe, labelled: Labelled, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """Writes the weights to `out`, state and log to `run`."""
    images, labels, chances = labelled
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = Judge(recipe.model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    network, optimizer = accelerator.prepare(model, optimizer)
    parts = {"model": model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    first = recipe.seed + clock.step
    batches = endless(len(images), recipe.batch, first) if chances is None else by_chance(chances, recipe.batch, first)

    def step(progress: float) -> Metrics:
        chosen = next(batches)
        set_rate(optimizer, recipe.learning_rate * one_cycle(progress))
        x = vary(images[chosen], recipe, generator).to(device)
        with autocast(model):
            terms = reading_loss(network, x, labels[chosen].to(device))
        accelerator.backward(terms["loss"])
        optimizer.step()
        optimizer.zero_grad()
        return {name: term.item() for name, term in terms.items()}

    def save(metrics: Metrics) -> None:
        files.save(model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def load(data: str) -> Labelled:
    """The training pictures of a data set."""
    if data == "mnist":
        images, labels = digits.load(present("mnist"), "train")
        return digits.to_float(images), labels, None
    if data == "fsdd":
        recordings = spoken.load(present("fsdd"), "train")
        return spectrogram.picture(recordings.clips), recordings.digits, None
    folder = present("emoji")
    images = torch.cat([emoji.load(folder, vendor, "train") for vendor in emoji.VENDORS])
    groups = emoji.groups(folder, "train")
    labels = torch.cat([vendor * len(emoji.GROUPS) + groups for vendor in range(len(emoji.VENDORS))])
    return images, labels, emoji.chances(folder, "train").repeat(len(emoji.VENDORS))


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the pictures of the recipe's data set."""
    return train(recipe, load(recipe.data), out, run, minutes)
