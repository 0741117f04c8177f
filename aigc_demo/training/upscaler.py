"""Train the super-resolution network: scenes of 64x64 pixels become 128x128.

    python -m aigc_demo.training upscaler-scenes --minutes 27

The same layouts are rendered at both sizes (data/scenes.py). What is drawn on the pages comes out of an autoencoder,
which blurs and speckles, so a share of the small pictures is rebuilt by it first, from a code with a little noise as a
diffusion model leaves it; the target stays the clean render. Mean absolute error on pieces around the objects, as in
EDSR (Lim et al., 2017, arXiv:1707.02921). Weights are averaged.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.data import scenes
from aigc_demo.data.fetch import present
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.upscaler import Upscaler, UpscalerConfig
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.state import keep, resume

REBUILT_AT_ONCE = 32


@dataclass(frozen=True)
class Recipe:
    model: UpscalerConfig = field(default_factory=UpscalerConfig)
    steps: int = 12_000
    batch: int = 8
    pool: int = 1024  # pictures that pieces are cut from, drawn and rebuilt once
    piece: int = 32  # pixels of the small pictures, each way
    rebuilt: float = 0.6  # share of the pieces that come out of the autoencoder
    noise: float = 0.15  # most deviation of the noise on its code, where the code has 1
    muon_rate: float = 0.02  # peak, for kernels
    rate: float = 4e-3  # peak, for the rest
    weight_decay: float = 0.01
    ema: float = 0.998  # decay of the moving average
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=UpscalerConfig.tiny(), steps=2, batch=4, pool=4)


RECIPES = {"upscaler-scenes": Recipe()}


@dataclass(frozen=True)
class Pool:
    """Training pictures: small ones as rendered and as rebuilt (N, 3, 64, 64), large ones (N, 3, 128, 128); uint8."""

    clean: Tensor
    rebuilt: Tensor
    large: Tensor
    shown: list[scenes.Picture]


@torch.no_grad()
def rebuild(autoencoder: KLAutoencoder, x: Tensor, noise: float, generator: torch.Generator) -> Tensor:
    """x (B, 3, H, W) in [-1, 1] -> through the autoencoder; the code of each with up to `noise` of noise, where the
    code has a deviation of 1."""
    code = autoencoder.encode(x).mean
    deviation = noise * torch.rand(len(x), 1, 1, 1, generator=generator) / autoencoder.config.scale
    return autoencoder.decode(code + deviation * torch.randn(code.shape, generator=generator)).clamp(-1, 1)


def drawn(folder: Path, recipe: Recipe, autoencoder: KLAutoencoder) -> Pool:
    """The pictures of a training, the same for the same seed."""
    chance, generator = random.Random(recipe.seed), torch.Generator().manual_seed(recipe.seed)
    shown = [scenes.draw_picture(scenes.draw_scene(chance), chance) for _ in range(recipe.pool)]
    clean, large = (scenes.Renderer(folder, scale).batch(shown) for scale in (1, recipe.model.scale))
    rebuilt = [
        ((rebuild(autoencoder, scenes.to_float(part), recipe.noise, generator) + 1) * 127.5).round().byte()
        for part in torch.split(clean, REBUILT_AT_ONCE)
    ]
    return Pool(clean, torch.cat(rebuilt), large, shown)


def pieces(pool: Pool, recipe: Recipe, chance: random.Random) -> tuple[Tensor, Tensor]:
    """Pieces around objects, (B, 3, P, P), and what they are to become (B, 3, SP, SP); in [-1, 1], some mirrored."""
    small, large = list[Tensor](), list[Tensor]()
    scale, side = recipe.model.scale, recipe.piece
    for _ in range(recipe.batch):
        i = chance.randrange(len(pool.shown))
        placed = chance.choice(pool.shown[i].placed)
        y, x = (
            min(max((first + placed.side / 2) * scenes.CELL - side / 2 + chance.uniform(-side, side) / 2, 0), most)
            for first, most in ((placed.row, scenes.SIDE - side), (placed.column, scenes.SIDE - side))
        )
        top, left = int(y), int(x)
        source = pool.rebuilt if chance.random() < recipe.rebuilt else pool.clean
        pair = (
            source[i, :, top : top + side, left : left + side],
            pool.large[i, :, scale * top : scale * (top + side), scale * left : scale * (left + side)],
        )
        mirrored = chance.random() < 0.5
        for found, piece in zip((small, large), pair, strict=True):
            found.append(piece.flip(2) if mirrored else piece)
    return scenes.to_float(torch.stack(small)), scenes.to_float(torch.stack(large))


def train(recipe: Recipe, pool: Pool, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """Writes the averaged weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    model = Upscaler(recipe.model).to(accelerator.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    ema = EMA(model, recipe.ema)
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay, kernels=True)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, accelerator.device)
    ema.steps = clock.step
    chance = random.Random(recipe.seed + clock.step)

    def step(progress: float) -> Metrics:
        x, target = pieces(pool, recipe, chance)
        x = x.to(accelerator.device, memory_format=torch.channels_last)
        optimizer.set_rate(cosine(progress))
        loss = F.l1_loss(model(x), target.to(x.device))
        accelerator.backward(loss)
        optimizer.step()
        ema.update(model)
        return {"loss": loss.item()}

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on scenes, some of them as the autoencoder that ships rebuilds them."""
    autoencoder = files.read(ASSETS / "checkpoints/kl-scenes.safetensors", KLAutoencoder, KLConfig)
    return train(recipe, drawn(present("emoji"), recipe, autoencoder), out, run, minutes)
