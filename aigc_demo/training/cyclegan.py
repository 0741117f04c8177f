"""Train the translators between two vendors' emoji, without a pair.

    python -m aigc_demo.training cyclegan-emoji --minutes 80

The id chooses the recipe (`RECIPES`). Zhu et al., 2017 (arXiv:1703.10593), equation 3 with the least squares of section
4, the cycle weighted by lambda = 10 and the identity by half of that (section 5.2), a pool of 50 earlier translations
for the critics (section 4), and Adam with a rate that is constant over the first half and falls to nothing over the
second (section 7.1). What differs from the paper: four pictures a step instead of one, twice the learning rate, and
what is shipped is the running mean of the weights. Pictures are not mirrored, since Google's light comes from the left.

`cyclegan-emoji-nocycle` is the ablation: lambda is 0, and so the identity term is gone too, which has the weight
0.5 lambda in the paper. Nothing then ties a translation to what was translated. To be fair it is trained for as many
steps as the other was: `--set steps=6193`.

The pictures of a step are drawn apart from each other, one batch per vendor. A run stops at any time and goes on from
its folder, with an empty pool. Time, hardware and the figures reached stand in the catalogue.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.nn.functional import l1_loss

from aigc_demo.checkpoints import files
from aigc_demo.data import emoji
from aigc_demo.data.fetch import present
from aigc_demo.models.cyclegan import CycleGAN, CycleGANConfig, init_weights
from aigc_demo.models.gan import least_squares_critic, least_squares_generator
from aigc_demo.models.precision import autocast
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.rates import linear, set_rate
from aigc_demo.training.state import Snapshots, keep, resume

Batch = tuple[Tensor, Tensor]  # pictures of A and of B, unpaired, (B, C, H, W) each


@dataclass(frozen=True)
class Recipe:
    model: CycleGANConfig = field(default_factory=CycleGANConfig)
    steps: int = 6_800
    batch: int = 4
    learning_rate: float = 4e-4  # of both sides
    betas: tuple[float, float] = (0.5, 0.999)  # of Adam
    cycle: float = 10.0  # lambda
    identity: float = 0.5  # weight of the identity term as a share of lambda
    pool: int = 50  # earlier translations that the critics are shown; 0: only those of this step
    ema: float = 0.998  # share of the averaged weights kept per step
    snapshots: int = 10  # copies kept for the time machine, closer together at the start
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=CycleGANConfig.tiny(), steps=2, batch=2, snapshots=2)


RECIPES: dict[str, Recipe] = {
    "cyclegan-emoji": Recipe(),
    "cyclegan-emoji-nocycle": replace(Recipe(), cycle=0.0),
}


class Pool:
    """Earlier translations. A critic that sees those too cannot chase the generator in circles (Shrivastava et al.,
    2017, arXiv:1612.07828, section 2.3)."""

    def __init__(self, size: int, generator: torch.Generator):
        self.size = size
        self.generator = generator
        self.kept: list[Tensor] = []

    def swap(self, made: Tensor) -> Tensor:
        """made (B, C, H, W) -> as many; once the pool is full, half are earlier ones, for which new ones are kept."""
        if not self.size:
            return made
        shown = []
        for picture in made:
            if len(self.kept) < self.size:
                self.kept.append(picture)
                shown.append(picture)
                continue
            place = int(torch.randint(2 * self.size, (), generator=self.generator))
            if place < self.size:
                picture, self.kept[place] = self.kept[place], picture
            shown.append(picture)
        return torch.stack(shown)


def generator_terms(model: CycleGAN, a: Tensor, b: Tensor, recipe: Recipe) -> tuple[dict[str, Tensor], Batch]:
    """The translators' loss and its parts for a, b (B, C, H, W); and what they made: b as A, a as B."""
    made_a, made_b = model.to_a(b), model.to_b(a)
    scores = [critic(made).float() for critic, made in ((model.critic_a, made_a), (model.critic_b, made_b))]
    fool = sum((2 * least_squares_generator(score, score) for score in scores), torch.zeros(()))  # no half in the paper
    terms = {"loss": fool, "fool": fool}
    if recipe.cycle:
        terms["cycle"] = l1_loss(model.to_a(made_b).float(), a) + l1_loss(model.to_b(made_a).float(), b)
        terms["identity"] = l1_loss(model.to_a(a).float(), a) + l1_loss(model.to_b(b).float(), b)
        terms["loss"] = fool + recipe.cycle * (terms["cycle"] + recipe.identity * terms["identity"])
    return terms, (made_a.detach(), made_b.detach())


def critic_loss(model: CycleGAN, real: Batch, made: Batch) -> Tensor:
    """What the critics go down on: real ones shall score 1, made ones 0."""
    sides = zip((model.critic_a, model.critic_b), real, made, strict=True)
    return sum((least_squares_critic(d(x).float(), d(y).float()) for d, x, y in sides), torch.zeros(()))


def unpaired(vendors: Batch, chances: Tensor, batch: int, seed: int) -> Callable[[], Batch]:
    """Draws `batch` pictures of each side, apart from each other; chances (N,) are those of a picture of either."""
    generator = torch.Generator().manual_seed(seed)

    def draw() -> Batch:
        of_a, of_b = (torch.multinomial(chances, batch, replacement=True, generator=generator) for _ in range(2))
        return vendors[0][of_a], vendors[1][of_b]

    return draw


def train(
    recipe: Recipe, vendors: Batch, chances: Tensor, out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """`vendors` (N, C, H, W) each, in [-1, 1]. Writes the averaged weights to `out`, state, log, snapshots to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = CycleGAN(recipe.model)
    init_weights(model, torch.Generator().manual_seed(recipe.seed))
    ema = EMA(model.to(device), recipe.ema)
    sides = [
        torch.optim.Adam(weights, lr=recipe.learning_rate, betas=recipe.betas, fused=True)
        for weights in (model.generators(), model.critics())
    ]
    parts = {"model": model, "ema": ema.model, "generators": sides[0], "critics": sides[1]}
    clock = resume(run, parts, device)
    ema.steps = clock.step
    first = recipe.seed + clock.step
    draw = unpaired(vendors, chances, recipe.batch, first)
    pools = [Pool(recipe.pool, torch.Generator().manual_seed(first + side)) for side in range(2)]
    snapshots = Snapshots(run, recipe.snapshots, power=2)

    def step(progress: float) -> Metrics:
        a, b = (side.to(device) for side in draw())
        for optimizer in sides:
            set_rate(optimizer, recipe.learning_rate * linear(progress))
        with autocast(model):
            terms, made = generator_terms(model, a, b, recipe)
        accelerator.backward(terms["loss"], inputs=model.generators())
        sides[0].step()
        with autocast(model):
            critic = critic_loss(model, (a, b), (pools[0].swap(made[0]), pools[1].swap(made[1])))
        accelerator.backward(critic, inputs=model.critics())
        sides[1].step()
        for optimizer in sides:
            optimizer.zero_grad()
        ema.update(model)
        if snapshots.due(progress):
            snapshots.save(ema.model, clock.step * recipe.batch)
        return {name: term.item() for name, term in {**terms, "critic": critic}.items()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the emoji of the two vendors."""
    folder = present("emoji")
    a, b = (emoji.load(folder, vendor, "train") for vendor in recipe.model.names)
    return train(recipe, (a, b), emoji.chances(folder, "train"), out, run, minutes)
