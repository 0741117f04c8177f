"""Train a student of text-to-image diffusion that draws in one to four steps, without a second, unguided pass.

    python -m aigc_demo.training text2image-student --minutes 25

Reflow (Liu et al., 2022, arXiv:2209.03003, section 2.2; Liu et al., 2023, arXiv:2309.06380): the teacher draws pictures
from noise, with guidance, and the student, which begins as the teacher, learns the straight way from each noise to its
picture. The guidance is thereby learned too (Meng et al., 2022, arXiv:2210.03142). Only pictures in which the detector
reads all that the caption claims are kept (best of several, as in Dong et al., 2023, arXiv:2304.06767), and only the
flow times of runs of one to four steps are trained. Captions are of training scenes only.

A run stops at any time and goes on from its folder, also while the teacher draws.
"""

import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.data import scene_tokens, scenes
from aigc_demo.data.captions import caption
from aigc_demo.data.scene_truth import look, truth
from aigc_demo.models.detector import Detector, DetectorConfig
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig
from aigc_demo.sampling.guidance import TextDenoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.training.loop import Metrics, endless
from aigc_demo.training.text2image import FlowBatch, FlowRecipe, learn

logger = logging.getLogger(__name__)

TEACHER, JUDGE = "text2image-scenes", "judge-scenes"
MOST_STEPS = 4  # of a run of the student
DRAWN_AT_ONCE = 32


@dataclass(frozen=True)
class Recipe(FlowRecipe):
    model: Text2ImageConfig = field(default_factory=lambda: Text2ImageConfig(guidance=1.0, steps=MOST_STEPS))
    muon_rate: float = 0.01
    rate: float = 1e-3
    ema: float = 0.995
    pairs: int = 8000  # of noise and picture
    teacher_steps: int = 6

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        model = replace(Text2ImageConfig.tiny(), guidance=1.0, steps=MOST_STEPS)
        return cls(model=model, pairs=4, teacher_steps=1, steps=2, batch=4)


RECIPES = {"text2image-student": Recipe()}


@dataclass(frozen=True)
class Pairs:
    """What a teacher made of noise."""

    noise: Tensor  # (N, C, H, W) float16
    codes: Tensor  # (N, C, H, W) float16, scaled to a deviation of 1
    tokens: Tensor  # (N, T) int16, of the captions
    tried: int = 0  # pictures that were drawn for these

    def __add__(self, other: "Pairs") -> "Pairs":
        noise, codes, tokens = (torch.cat(both) for both in zip(self.tensors, other.tensors, strict=True))
        return Pairs(noise, codes, tokens, self.tried + other.tried)

    @property
    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.noise, self.codes, self.tokens


@torch.inference_mode()
def draw(
    teacher: Text2Image, autoencoder: KLAutoencoder, detector: Detector, steps: int, count: int, seed: int
) -> Pairs:
    """What the teacher makes of `count` noises and captions by Euler's method, where the detector reads it as told."""
    chance, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    config, device = teacher.config, next(teacher.parameters()).device
    said = [caption(scenes.draw_scene(chance), chance) for _ in range(count)]
    tokens = scene_tokens.encode([text for text, _ in said], config.text.context)
    words = teacher.words(teacher.encode(tokens.to(device)))
    empty = teacher.encode(scene_tokens.encode([""], config.text.context).to(device))
    unet = config.unet
    noise = torch.randn(count, unet.channels, unet.image_size, unet.image_size, generator=generator)
    denoise = TextDenoiser(teacher.step, words, teacher.words(empty).expand_as(words), config.guidance)
    levels, schedule = trailing_timesteps(steps, config.levels), alpha_bar(config.schedule, config.levels)
    *_, last = sample(denoise, noise.to(device), levels, schedule, "euler")
    seen = look(detector, autoencoder.decode(last.x / autoencoder.config.scale))
    right = torch.tensor([truth(claims, found)["all"] for (_, claims), found in zip(said, seen, strict=True)])
    return Pairs(noise[right].half(), last.x.cpu()[right].half(), tokens[right].to(torch.int16), count)


def kept(file: Path, recipe: Recipe, teacher: Text2Image, autoencoder: KLAutoencoder, detector: Detector) -> Pairs:
    """`recipe.pairs` pairs in `file`; those that are missing are drawn and written there."""
    found = Pairs(**torch.load(file, weights_only=True)) if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    while found is None or len(found.noise) < recipe.pairs:
        seed = recipe.seed + (found.tried if found else 0)
        more = draw(teacher, autoencoder, detector, recipe.teacher_steps, DRAWN_AT_ONCE, seed)
        found = found + more if found else more
        if found.tried % (8 * DRAWN_AT_ONCE) == 0 or len(found.noise) >= recipe.pairs:
            unfinished = file.with_suffix(".new")
            torch.save(vars(found), unfinished)
            unfinished.replace(file)
            logger.info("teacher: %d pictures, %d as told", found.tried, len(found.noise))
    return found


def draw_times(count: int, generator: torch.Generator) -> Tensor:
    """Flow times (B,) of runs of 1 to MOST_STEPS equal steps, each run as often as the others."""
    steps = torch.randint(1, MOST_STEPS + 1, (count,), generator=generator)
    return 1 - torch.floor(torch.rand(count, generator=generator) * steps) / steps


def train(
    recipe: Recipe, teacher: Text2Image, drawn: Pairs, out: Path, run: Path, minutes: float = float("inf")
) -> Metrics:
    """From the weights of `teacher`, on what it has `drawn`. Averaged weights go to `out`, all else to `run`."""
    model = Text2Image(recipe.model)
    model.load_state_dict(teacher.state_dict())

    def batches(first: int) -> Iterator[FlowBatch]:
        generator = torch.Generator().manual_seed(recipe.seed + first)
        for chosen in endless(len(drawn.noise), recipe.batch, recipe.seed + first):
            eps, x0, tokens = (part[chosen] for part in drawn.tensors)
            yield x0, eps, draw_times(recipe.batch, generator), tokens.long()

    return learn(recipe, model, batches, out, run, minutes)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on what the shipped text-to-image diffusion draws."""
    folder = ASSETS / "checkpoints"
    teacher = files.read(folder / f"{TEACHER}.safetensors", Text2Image, Text2ImageConfig)
    autoencoder = files.read(folder / f"{teacher.config.autoencoder}.safetensors", KLAutoencoder, KLConfig)
    detector = files.read(folder / f"{JUDGE}.safetensors", Detector, DetectorConfig)
    return train(recipe, teacher, kept(run / "pairs.pt", recipe, teacher, autoencoder, detector), out, run, minutes)
