"""Small models of pictures that learn in minutes: the recipes of vae.py, diffusion.py and gan.py, a step at a time.

A `Student` is a model with its optimiser, on the CPU. Pictures are float (B, C, 32, 32) in [-1, 1], C 1 or 3.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel, UNetConfig
from aigc_demo.models.gan import GAN, GANConfig
from aigc_demo.models.vae import VAE, VAEConfig
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser, clipped
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.training import diffusion, gan, vae
from aigc_demo.training.loop import Metrics, endless

SIDE = 32  # pixels
STEPS = 12  # of DDIM, for a sample
WARM = 20  # updates in which the rate rises
SLOW = 0.99  # share that the moving average keeps: a training of minutes has no time for a slower one
PATCH = 2  # side of the squares that the diffusion model folds
MODELS: dict[str, tuple[type[Any], type[Any]]] = {
    "vae": (VAE, VAEConfig),
    "diffusion": (DiffusionModel, DiffusionConfig),
    "gan": (GAN, GANConfig),
}


def config_of(kind: str, width: int, channels: int) -> Any:
    """The config of a small model; `width` is the number of feature maps of its first layer."""
    if kind == "vae":
        maps, strides = (width, 2 * width, 2 * width), (2, 2, 2)
        return VAEConfig((channels, SIDE, SIDE), 32, (128,), maps, strides, likelihood="gaussian")
    if kind == "diffusion":
        unet = UNetConfig(SIDE // PATCH, channels * PATCH**2, (width, 2 * width), (False, True), blocks=1, classes=0)
        return DiffusionConfig(unet, PATCH)
    return GANConfig(image_size=SIDE, channels=channels, noise=64, width=width, critic_width=width, critic_norm=False)


class Student(Protocol):
    """A model with its optimiser, trained a batch at a time."""

    model: nn.Module  # what it draws with

    def update(self, x: Tensor, rate: float, draws: torch.Generator) -> Metrics:
        """One update on a batch, at so many times the recipe's learning rate. The loss goes by "loss"."""

    def cost(self, x: Tensor, draws: torch.Generator) -> float | None:
        """The loss on pictures that it has not seen; None where there is no such thing."""


class VAEStudent:
    """The loss is in nats per number of a picture."""

    def __init__(self, config: VAEConfig, batch: int):
        self.recipe = vae.Recipe(config, batch=batch)
        self.work = vae.Coding(self.recipe, Accelerator(cpu=True))
        self.model = self.work.model
        self.size = SIDE**2 * config.picture[0]

    def update(self, x: Tensor, rate: float, draws: torch.Generator) -> Metrics:
        found = self.work.update((x + 1) / 2, no_label(x), rate * self.recipe.learning_rate, draws)
        return {"loss": found["loss"] / self.size}

    @torch.no_grad()
    def cost(self, x: Tensor, draws: torch.Generator) -> float | None:
        return self.work.terms((x + 1) / 2, no_label(x), draws)["loss"].item() / self.size


class DiffusionStudent:
    """The loss is the mean squared error of the predicted v."""

    def __init__(self, config: DiffusionConfig, batch: int):
        self.recipe = diffusion.Recipe(config, batch=batch, ema=SLOW)
        self.work = diffusion.Denoising(self.recipe, Accelerator(cpu=True))
        self.model = self.work.ema.model

    def update(self, x: Tensor, rate: float, draws: torch.Generator) -> Metrics:
        return self.work.update(x, no_label(x), rate * self.recipe.learning_rate, draws)

    @torch.no_grad()
    def cost(self, x: Tensor, draws: torch.Generator) -> float | None:
        return self.work.terms(x, no_label(x), draws)["loss"].item()


class GANStudent:
    """The loss is the generator's; the critic's goes by "critic"."""

    def __init__(self, config: GANConfig, batch: int):
        recipe = gan.RECIPES["gan-colour"]
        self.recipe = replace(recipe, model=config, batch=batch, ema=SLOW, measured=5)
        self.game = gan.Game(self.recipe, Accelerator(cpu=True))
        self.game.model.train()
        self.step = 0

    @property
    def model(self) -> nn.Module:
        """The slow generator with its critic."""
        return self.game.shipped().eval()

    def update(self, x: Tensor, rate: float, draws: torch.Generator) -> Metrics:
        self.game.set_rates(rate)
        found = self.game.round(iter([(x, no_label(x))] * self.recipe.updates), self.step, draws)
        self.step += 1
        return {"loss": found["generator"], "critic": found["critic"]}

    def cost(self, x: Tensor, draws: torch.Generator) -> float | None:
        return None


def no_label(x: Tensor) -> Tensor:
    """The class 0 for every picture: these models have none."""
    return torch.zeros(len(x), dtype=torch.int64)


STUDENTS: dict[str, Any] = {"vae": VAEStudent, "diffusion": DiffusionStudent, "gan": GANStudent}


def student(kind: str, width: int, channels: int, batch: int, seed: int) -> Student:
    """A model that knows nothing; the seed fixes its first weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        made: Student = STUDENTS[kind](config_of(kind, width, channels), batch)
    return made


def batches(x: Tensor, batch: int, seed: int) -> Iterator[Tensor]:
    """Batches of pictures without end, in an order that the seed fixes; all of them where there are fewer."""
    for chosen in endless(len(x), min(batch, len(x)), seed):
        yield x[chosen]


@torch.inference_mode()
def draw(model: nn.Module, count: int, seed: int) -> Tensor:
    """Pictures (count, C, 32, 32) in [-1, 1] out of the noise of a seed. ValueError for another kind of model."""
    if isinstance(model, DiffusionModel):
        config = model.config
        noise = SeededNoise(range(seed, seed + count)).draw(config.picture)
        levels = alpha_bar(config.schedule, config.levels)
        denoise = clipped(Denoiser(model, config.prediction))
        *_, last = sample(denoise, model.fold(noise), trailing_timesteps(STEPS, config.levels), levels)
        return model.unfold(last.x).clamp(-1, 1)
    draws = torch.Generator().manual_seed(seed)
    if isinstance(model, VAE):
        return 2 * model.paint(torch.randn(count, model.config.latent, generator=draws)) - 1
    if isinstance(model, GAN):
        made: Tensor = model.generator(torch.randn(count, model.config.noise, generator=draws))
        return made
    raise ValueError(f"{type(model).__name__} draws no pictures here")
