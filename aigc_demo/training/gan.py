"""Train a generator against a critic, on digits or on emoji; training/wavegan.py does it on sounds.

    python -m aigc_demo.training gan-digits-r3 --minutes 18

One recipe for all of them; the loss is a choice, and so are the layers. Every run begins with the same first weights
where the networks are the same, and sees the same pictures in the same order. Each network has its own optimiser (Adam;
Kingma & Ba, 2015, arXiv:1412.6980). What is shipped is a moving average of the generator, its batch statistics measured
anew, and the critic of the last step.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from aigc_demo.checkpoints import files
from aigc_demo.data import digits, emoji
from aigc_demo.data.fetch import present
from aigc_demo.models.gan import (
    GAN,
    LOSSES,
    GANConfig,
    Generator,
    Loss,
    between,
    clip_weights,
    init_weights,
    judged,
    slope_one_penalty,
    slope_zero_penalty,
    slopes_of,
)
from aigc_demo.models.precision import autocast
from aigc_demo.models.wavegan import WaveConfig, WaveGAN, WaveGenerator
from aigc_demo.training.augment import augment
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.rates import linear
from aigc_demo.training.state import Snapshots, keep, resume

Batches = Iterator[tuple[Tensor, Tensor]]  # pictures (B, C, H, W) in [-1, 1] and labels (B,)


@dataclass(frozen=True)
class Recipe:
    model: GANConfig | WaveConfig = field(default_factory=GANConfig)
    loss: Loss = LOSSES["logistic"]
    data: str = "mnist"
    steps: int = 40_000  # generator updates
    batch: int = 64
    updates: int = 1  # of the critic, for one of the generator
    every: int = 1  # rounds from one with a penalty on slopes to the next; it weighs as many times more
    rate_generator: float = 2e-4
    rate_critic: float = 2e-4
    momentum: float = 0.5  # Adam's first decay
    memory: float = 0.99  # Adam's second decay
    steady: float = 0.5  # share of the budget with the full rates; after it they fall to 0 along a line
    augmented: bool = False  # the critic sees pictures moved, coloured and cut, real and made alike
    ema: float = 0.999  # decay of the moving average
    measured: int = 50  # batches that the generator's batch statistics are measured on
    snapshots: int = 9  # kept for the time machine
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=GANConfig.tiny(), steps=2, batch=4, measured=2, snapshots=1)


PAIRS = replace(LOSSES["relativistic"], slope_zero=0.05)
FREE = GANConfig(critic_norm=False)
DENSE = GANConfig(layers="dense", critic_norm=False)
RECIPES = {
    "gan-digits-mlp": Recipe(DENSE),
    "gan-digits-dcgan": Recipe(rate_generator=4e-4, rate_critic=1e-4),
    "gan-digits-wgan-clip": Recipe(
        loss=replace(LOSSES["wasserstein_clip"], clip=0.01),
        updates=2,
        momentum=0.0,
        rate_generator=3e-4,
        rate_critic=3e-4,
    ),
    "gan-digits-wgan-gp": Recipe(
        FREE, loss=LOSSES["wasserstein_slope"], updates=2, momentum=0.0, rate_generator=5e-4, rate_critic=5e-4
    ),
    "gan-digits-conditional": Recipe(
        replace(FREE, classes=10), loss=PAIRS, every=4, momentum=0.0, rate_generator=8e-4, rate_critic=8e-4
    ),
    "gan-digits-r3": Recipe(
        FREE, loss=replace(PAIRS, slope_zero=0.3), momentum=0.0, rate_generator=1e-3, rate_critic=1e-3
    ),
    "gan-digits-collapsed": Recipe(DENSE, rate_critic=2e-3, steps=5_500),  # a critic ten times as fast
    "gan-colour": Recipe(
        replace(FREE, image_size=64, channels=3, width=24, critic_width=16),
        loss=replace(PAIRS, slope_zero=1.0),
        every=4,
        data="emoji",
        batch=32,
        momentum=0.0,
        rate_generator=8e-4,
        rate_critic=8e-4,
        augmented=True,
        ema=0.998,
    ),
}


def critic_terms(
    loss: Loss, critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor
) -> dict[str, Tensor]:
    """The critic's loss with its penalty, and the mean scores. real, fake (B, C, H, W), share (B,) in [0, 1]."""
    if loss.slope_zero:
        (score, slope), (made, made_slope) = judged(critic, real), judged(critic, fake)
        penalty = loss.slope_zero * (slope_zero_penalty(slope) + slope_zero_penalty(made_slope))
    else:
        score, made = critic(real), critic(fake)
        penalty = score.new_zeros(())
        if loss.slope_one:
            penalty = loss.slope_one * slope_one_penalty(slopes_of(critic, between(real, fake, share)))
    return {"critic": loss.critic(score, made) + penalty, "real": score.mean(), "fake": made.mean()}


@torch.no_grad()
def settle(generator: Generator | WaveGenerator, batches: int, batch: int, draws: torch.Generator) -> None:
    """Measure the batch statistics of an averaged generator anew: those it has belong to other weights."""
    norms = [layer for layer in generator.modules() if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over all batches
    generator.train()
    for _ in range(batches if norms else 0):
        z, label = noise(generator.config, batch, draws)
        generator(z, label)
    generator.eval()


def noise(config: GANConfig | WaveConfig, count: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """z (count, Z) and classes (count,) by chance."""
    label = torch.randint(max(config.classes, 1), (count,), generator=draws)
    return torch.randn(count, config.noise, generator=draws), label


def picture_batches(recipe: Recipe, images: Tensor, labels: Tensor, first: int) -> Batches:
    """Pictures (N, C, H, W), or sounds (N, L), in [-1, 1] in an order that the seed fixes.

    Emoji are mirrored half of the time.
    """
    for chosen in endless(len(images), recipe.batch, recipe.seed + first):
        x = images[chosen]
        if recipe.data == "emoji":
            x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(-1), x)
        yield x, labels[chosen]


def network(config: GANConfig | WaveConfig) -> GAN | WaveGAN:
    """Generator and critic of a config, with fresh weights."""
    return WaveGAN(config) if isinstance(config, WaveConfig) else GAN(config)


class Game:
    """Both players with their optimisers; `turn` plays one round."""

    def __init__(self, recipe: Recipe, accelerator: Accelerator):
        self.recipe, self.accelerator = recipe, accelerator
        self.model = network(recipe.model)
        init_weights(self.model.generator, torch.Generator().manual_seed(recipe.seed))
        init_weights(self.model.critic, torch.Generator().manual_seed(recipe.seed + 1))
        self.average = EMA(self.model.generator, recipe.ema)
        self.average.model.to(accelerator.device)
        self.model.to(accelerator.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        betas = (recipe.momentum, recipe.memory)
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=speed, betas=betas, fused=True)
            for name, network, speed in (
                ("generator", self.model.generator, recipe.rate_generator),
                ("critic", self.model.critic, recipe.rate_critic),
            )
        }

    @property
    def parts(self) -> dict[str, object]:
        """What has to be kept to go on."""
        optimizers = {f"{name}_optimizer": optimizer for name, optimizer in self.optimizers.items()}
        return {"model": self.model, "average": self.average.model, **optimizers}

    def set_rates(self, share: float) -> None:
        """Both learning rates, as a share of the first ones."""
        first = {"generator": self.recipe.rate_generator, "critic": self.recipe.rate_critic}
        for name, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group["lr"] = first[name] * share

    def made(self, draws: torch.Generator, label: Tensor) -> Tensor:
        """Pictures of new noise, one for every label (B,)."""
        z, _ = noise(self.recipe.model, len(label), draws)
        return self.model.generator(z.to(label.device), label).float()

    def seen(self, x: Tensor, label: Tensor) -> Tensor:
        """The critic's scores of pictures, as it gets to see them."""
        return self.model.critic(augment(x) if self.recipe.augmented else x, label)

    def descend(self, side: str, loss: Tensor) -> None:
        """One update of one side; what the other one collected on the way is thrown away."""
        self.accelerator.backward(loss)
        self.optimizers[side].step()
        self.model.zero_grad()

    def loss(self, step: int) -> Loss:
        """The loss of a round; lazy penalties after Karras et al., 2020 (arXiv:1912.04958), section 3.1."""
        loss, every = self.recipe.loss, self.recipe.every
        if step % every:
            return replace(loss, slope_zero=0.0, slope_one=0.0)
        return replace(loss, slope_zero=loss.slope_zero * every, slope_one=loss.slope_one * every)

    def critic_turn(self, real: Tensor, label: Tensor, step: int, draws: torch.Generator) -> dict[str, Tensor]:
        """One update of the critic. real (B, C, H, W), label (B,)."""
        with autocast(self.model):
            with torch.no_grad():
                fake = self.made(draws, label)
            share = torch.rand(len(real), generator=draws).to(real.device)
            terms = critic_terms(self.loss(step), lambda x: self.seen(x, label), real, fake, share)
        self.descend("critic", terms["critic"])
        if self.recipe.loss.clip:
            clip_weights(self.model.critic, self.recipe.loss.clip)
        return terms

    def generator_turn(self, real: Tensor, label: Tensor, draws: torch.Generator) -> Tensor:
        """One update of the generator; the loss of pairs needs the real pictures too."""
        self.model.critic.requires_grad_(False)  # its weights need no slopes now
        with autocast(self.model):
            fake = self.seen(self.made(draws, label), label)
            loss = self.recipe.loss.generator(self.seen(real, label).detach(), fake)
        self.descend("generator", loss)
        self.model.critic.requires_grad_(True)
        self.average.update(self.model.generator)
        return loss

    def round(self, source: Batches, step: int, draws: torch.Generator) -> Metrics:
        """One round: as many updates of the critic as the recipe has, then one of the generator."""
        for _ in range(self.recipe.updates):
            real, label = (part.to(self.accelerator.device) for part in next(source))
            terms = self.critic_turn(real, label, step, draws)
        generator = self.generator_turn(real, label, draws)
        return {"generator": generator.item(), **{name: term.item() for name, term in terms.items()}}

    def shipped(self) -> GAN | WaveGAN:
        """The averaged generator, its batch statistics measured, and the critic as it is."""
        model = network(self.recipe.model)
        model.generator.load_state_dict(self.average.model.state_dict())
        model.critic.load_state_dict(self.model.critic.state_dict())
        settle(
            model.generator, self.recipe.measured, self.recipe.batch, torch.Generator().manual_seed(self.recipe.seed)
        )
        return model


def train(
    recipe: Recipe, batches: Callable[[int], Batches], out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """`batches(step)` goes on after so many steps. Writes the weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    game = Game(recipe, accelerator)
    clock = resume(run, game.parts, accelerator.device)
    game.average.steps = clock.step
    draws = torch.Generator().manual_seed(recipe.seed + clock.step)
    source = batches(clock.step)
    snapshots = Snapshots(run, recipe.snapshots)

    def step(progress: float) -> Metrics:
        if snapshots.due(progress):
            snapshots.save(game.shipped(), clock.step * recipe.batch)
        game.set_rates(linear(progress, recipe.steady))
        return game.round(source, clock.step, draws)

    def save(metrics: Metrics) -> None:
        files.save(game.shipped(), out)
        keep(run, game.parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock, save_every=20.0)


def pictures(data: str) -> tuple[Tensor, Tensor]:
    """The training pictures (N, C, H, W) in [-1, 1] of a data set, and their labels (N,)."""
    folder = present(data)
    if data == "mnist":
        images, labels = digits.load(folder, "train")
        return images.float() / 127.5 - 1, labels
    images = emoji.portraits(folder, "train")
    return images, torch.zeros(len(images), dtype=torch.int64)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the pictures of the recipe's data set."""
    images, labels = pictures(recipe.data)
    return train(recipe, lambda step: picture_batches(recipe, images, labels, step), out, run, minutes)
