"""Train the detector that reads scenes: the measuring instrument of all models that draw them.

    python -m aigc_demo.training judge-scenes --minutes 9

Renders of every scene there is, the held-out ones too (it must read them as well as the others). Each is moved by up to
three pixels, its colours are changed a little, it is blurred or made noisy, as the pictures of a model are. AdamW
(Loshchilov & Hutter, 2019, arXiv:1711.05101) with one rise and one fall of the learning rate.

A run stops at any time and goes on from its folder. Time, hardware and the accuracy reached stand in the catalogue.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.data import scenes
from aigc_demo.data.fetch import present
from aigc_demo.models.detector import STRIDE, Detector, DetectorConfig
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.rates import one_cycle, set_rate
from aigc_demo.training.state import keep, resume


@dataclass(frozen=True)
class Recipe:
    model: DetectorConfig = field(default_factory=DetectorConfig)
    steps: int = 2_000
    batch: int = 48
    learning_rate: float = 5e-3  # peak
    weight_decay: float = 0.02
    shift: int = 3  # most pixels a picture is moved, each way
    noise: float = 0.15  # most deviation of the noise that is added
    colour: float = 0.1  # most change of a channel's factor and offset
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=DetectorConfig.tiny(), steps=2, batch=4)


RECIPES = {"judge-scenes": Recipe()}


def targets(chosen: list[scenes.Picture], shifts: Tensor) -> tuple[Tensor, Tensor]:
    """What the detector should say of pictures moved by `shifts` (N, 2), pixels right and down.

    -> objects (N, H/4, W/4), the middle third of each object, and backgrounds (N,); both int64.
    """
    names, colours = list(scenes.OBJECTS), list(scenes.BACKGROUNDS)
    middle = (torch.arange(scenes.SIDE // STRIDE) + 0.5) * STRIDE  # pixels
    objects = torch.full((len(chosen), len(middle), len(middle)), len(names))
    for target, picture, (right, down) in zip(objects, chosen, shifts.tolist(), strict=True):
        for placed in picture.placed:
            half, radius = placed.side * scenes.CELL / 2, placed.side * scenes.CELL / 3.5
            x, y = placed.column * scenes.CELL + half + right, placed.row * scenes.CELL + half + down
            near = (middle[None] - x).square() + (middle[:, None] - y).square() < radius**2
            target[near] = names.index(placed.name)
    return objects, torch.tensor([colours.index(picture.scene.background) for picture in chosen])


def vary(x: Tensor, shifts: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """x (N, 3, H, W) in [-1, 1] moved by `shifts` (N, 2), blurred or not, with other colours and noise; same shape."""
    n, m = len(x), recipe.shift
    wide = F.pad(x, (m, m, m, m), mode="replicate")
    rows = torch.arange(scenes.SIDE)
    down, right = (m - shifts[:, 1])[:, None] + rows, (m - shifts[:, 0])[:, None] + rows  # (N, H), (N, W)
    x = wide[
        torch.arange(n)[:, None, None, None],
        torch.arange(3)[:, None, None],
        down[:, None, :, None],
        right[:, None, None],
    ]
    blurred = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    amount = torch.rand(n, 1, 1, 1, generator=generator) * (torch.rand(n, 1, 1, 1, generator=generator) < 0.5)
    factor, offset = 1 + recipe.colour * (2 * torch.rand(2, n, 3, 1, 1, generator=generator) - 1)
    noise = recipe.noise * torch.rand(n, 1, 1, 1, generator=generator) ** 2
    x = torch.lerp(x, blurred, amount) * factor + offset - 1
    return x + noise * torch.randn(x.shape, generator=generator)


def reading_loss(found: tuple[Tensor, Tensor], objects: Tensor, backgrounds: Tensor) -> dict[str, Tensor]:
    """Cross-entropies in nats and the share of positions read right. `found` as the detector gives it."""
    positions, background = found
    parts = {"objects": F.cross_entropy(positions, objects), "background": F.cross_entropy(background, backgrounds)}
    right = (positions.argmax(1) == objects).float().mean()
    return {"loss": 4 * parts["objects"] + parts["background"], **parts, "right": right}


def train(recipe: Recipe, renderer: scenes.Renderer, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """Writes the weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = Detector(recipe.model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    network, optimizer = accelerator.prepare(model, optimizer)
    parts = {"model": model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    generator = torch.Generator().manual_seed(recipe.seed + clock.step)
    chance = random.Random(recipe.seed + clock.step)

    def step(progress: float) -> Metrics:
        chosen = [scenes.draw_picture(scenes.draw_scene(chance, "all"), chance) for _ in range(recipe.batch)]
        shifts = torch.randint(-recipe.shift, recipe.shift + 1, (recipe.batch, 2), generator=generator)
        x = vary(scenes.to_float(renderer.batch(chosen)), shifts, recipe, generator).to(device)
        objects, backgrounds = targets(chosen, shifts)
        set_rate(optimizer, recipe.learning_rate * one_cycle(progress))
        terms = reading_loss(network(x), objects.to(device), backgrounds.to(device))
        accelerator.backward(terms["loss"])
        optimizer.step()
        optimizer.zero_grad()
        return {name: term.item() for name, term in terms.items()}

    def save(metrics: Metrics) -> None:
        files.save(model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on renders of the scenes."""
    return train(recipe, scenes.Renderer(present("emoji")), out, run, minutes)
