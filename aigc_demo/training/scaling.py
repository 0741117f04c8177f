"""Measure what parameters and data buy: held-out loss of small GPTs over a grid of sizes and of tokens seen.

    OMP_NUM_THREADS=1 python -m aigc_demo.training gpt-scaling --out assets/scaling/gpt-shakespeare.json

Every point of the grid is a training of its own, whose learning rate comes down at its own end (Hoffmann et al., 2022,
arXiv:2203.15556, section 3). Seconds are those of one core that the training used (`time.process_time`), without the
measuring. The last run, `check`, is larger than all of the grid; the law that is fitted to the grid has to predict it.
What comes out is no checkpoint but a JSON file of all runs. A run that stands in it is not made again.
"""

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.data import shakespeare
from aigc_demo.data.characters import Characters
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.training.language import Recipe, loss_of, windows
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import trapezoid

logger = logging.getLogger(__name__)

COMMAND = "OMP_NUM_THREADS=1 python -m aigc_demo.training gpt-scaling"
Shape = tuple[int, int]  # width and layers
HEAD = 16  # width of a head
EACH = 64  # windows that are measured at once


@dataclass(frozen=True)
class Grid:
    """What is trained; `recipe` holds what all of its runs share."""

    shapes: tuple[Shape, ...] = ((16, 2), (32, 2), (48, 3), (64, 4))  # 7 to 201 thousand parameters
    tokens: tuple[int, ...] = (250_000, 500_000, 1_000_000, 2_000_000)  # seen, drawn from a million different ones
    check: tuple[Shape, int] = ((96, 4), 3_000_000)
    recipe: Recipe = field(default_factory=lambda: Recipe(batch=1_280, window=128))
    hardware: str = "1 CPU core"

    def plan(self) -> list[tuple[Shape, int, bool]]:
        """Shape, tokens, and whether it is the check, of every run."""
        return [(shape, tokens, False) for tokens in self.tokens for shape in self.shapes] + [(*self.check, True)]


@dataclass(frozen=True)
class Run:
    """One training. Loss is in nats per character of the last tenth of the plays."""

    parameters: int
    tokens: int  # seen in training
    seconds: float  # of one core
    loss: float
    check: bool  # kept out of the fit


def config(shape: Shape, context: int, characters: str) -> GPTConfig:
    """A GPT of this width and depth; the MLP is as wide as makes 12 width^2 parameters of a layer."""
    width, layers = shape
    return GPTConfig(
        vocabulary=len(characters),
        context=context,
        width=width,
        n_layer=layers,
        n_head=width // HEAD,
        n_kv_head=width // HEAD,
        hidden=8 * width // 3,
        characters=characters,
    )


def train(recipe: Recipe, text: Tensor) -> tuple[GPT, float]:
    """A model that has learned from windows of `text` (N,), and seconds of one core."""
    assert isinstance(recipe.model, GPTConfig)
    torch.manual_seed(recipe.seed)
    began = time.process_time()
    model = GPT(recipe.model)
    optimiser = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay)
    source = windows(text, recipe, 0)
    for step in range(recipe.steps):
        optimiser.set_rate(trapezoid((step + 1) / recipe.steps))
        loss = loss_of(model, *next(source))
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return model, time.process_time() - began


@torch.inference_mode()
def held_out_loss(model: GPT, text: Tensor) -> float:
    """Nats per character of a text (M,), in windows that follow each other."""
    model.eval()
    width = model.config.context
    rows = torch.stack([text[start : start + width + 1] for start in range(0, len(text) - width, width)])
    total = 0.0
    for part in torch.split(rows, EACH):
        total += float(F.cross_entropy(model(part[:, :-1]).flatten(0, 1), part[:, 1:].flatten(), reduction="sum"))
    return total / (len(rows) * width)


def runs(grid: Grid, done: int, train_text: str, test_text: str) -> Iterator[Run]:
    """The runs of the grid behind the first `done`, one after the other."""
    characters = "".join(sorted(set(train_text + test_text)))
    text, held_out = (torch.tensor(Characters(characters).encode(part)) for part in (train_text, test_text))
    first = replace(grid.recipe, model=config(grid.shapes[0], grid.recipe.window, characters), steps=2)
    train(first, text)  # what torch does once is none of the runs'
    for shape, tokens, check in grid.plan()[done:]:
        steps = tokens // grid.recipe.batch
        recipe = replace(grid.recipe, model=config(shape, grid.recipe.window, characters), steps=steps)
        model, seconds = train(recipe, text)
        parameters = sum(weight.numel() for weight in model.parameters())
        loss = held_out_loss(model, held_out)
        yield Run(parameters, steps * recipe.batch, round(seconds, 5), round(loss, 5), check)


def start(grid: Grid, out: Path, run: Path, minutes: float) -> None:
    """Train and measure what is missing in `out`, a JSON file that is written after every run."""
    torch.set_num_threads(1)
    out = out.with_suffix(".json")
    out.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(out.read_text(encoding="utf-8"))["runs"] if out.exists() else []
    end = time.monotonic() + 60 * minutes
    for made in runs(grid, len(known), shakespeare.shipped("train"), shakespeare.shipped("test")):
        logger.info("%s", made)
        known.append(asdict(made))
        found = {"command": COMMAND, "hardware": grid.hardware, "torch": torch.__version__, "runs": known}
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        if time.monotonic() > end:
            return


RECIPES = {"gpt-scaling": Grid()}
