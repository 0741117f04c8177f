"""Train DALL-E on captioned scenes: to draw what a text says, and to say what a picture shows.

    python -m aigc_demo.training dalle-scenes --minutes 30

Cross-entropy of the next token (Ramesh et al., 2021, arXiv:2102.12092, section 2.2) over the picture of a caption, or
over the description of a picture. Muon for matrices, AdamW for the rest.

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
from aigc_demo.data import scene_tokens, scenes
from aigc_demo.data.captions import LANGUAGES, sentence
from aigc_demo.data.fetch import present
from aigc_demo.models.dalle import DALLE, DALLEConfig
from aigc_demo.models.precision import autocast
from aigc_demo.models.vqvae import VQVAE, VQConfig
from aigc_demo.training.ema import EMA
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import cosine
from aigc_demo.training.replicas import Replicas
from aigc_demo.training.scene_codes import SceneCodes, kept
from aigc_demo.training.state import keep, resume
from aigc_demo.training.text2image import told


@dataclass(frozen=True)
class Recipe:
    model: DALLEConfig = field(default_factory=DALLEConfig)
    steps: int = 9_000
    batch: int = 48
    describing: int = 8  # of the batch: pictures that are described
    muon_rate: float = 0.02  # peak, for matrices
    rate: float = 2e-3  # peak, for the rest
    weight_decay: float = 0.01
    ema: float = 0.99  # decay of the moving average
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model=DALLEConfig.tiny(), steps=2, batch=4, describing=2)


DESCRIBING = 0.25  # weight of the descriptions
RECIPES = {"dalle-scenes": Recipe()}


def drawing_loss(model: DALLE, text: Tensor, picture: Tensor) -> Tensor:
    """Nats per token of the picture. text (B, T), picture (B, N) below `codebook`."""
    read = model.gpt.features(model.to_draw(text, picture[:, :-1]))[:, text.shape[1] :]  # (B, N, D)
    logits = F.linear(read, model.gpt.head.weight[model.config.words : model.config.image])
    return F.cross_entropy(logits.flatten(0, 1), picture.flatten())


def describing_loss(model: DALLE, picture: Tensor, language: Tensor, text: Tensor) -> Tensor:
    """Nats per token of the description. picture (B, N), language (B,), text (B, T) with start and end, padded."""
    read = model.gpt.features(model.to_describe(picture, language, text[:, 1:-1]))[:, picture.shape[1] + 1 :]
    logits = F.linear(read, model.gpt.head.weight[: model.config.words])  # (B, T - 1, words)
    return F.cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten(), ignore_index=scene_tokens.PAD)


def losses(
    model: DALLE, text: Tensor, picture: Tensor, shown: Tensor, language: Tensor, said: Tensor
) -> dict[str, Tensor]:
    """Both losses and the sum that is made small: text -> picture, and shown, language -> said."""
    drawing, describing = drawing_loss(model, text, picture), describing_loss(model, shown, language, said)
    return {"loss": drawing + DESCRIBING * describing, "drawing": drawing, "describing": describing}


def train(recipe: Recipe, codes: SceneCodes, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """`codes` are tokens (N, side * side). Writes the averaged weights to `out`, state and log to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = DALLE(recipe.model).to(device)
    ema = EMA(model, recipe.ema)
    optimizer = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay)
    parts = {"model": model, "ema": ema.model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    replicas = Replicas(model, min(2, torch.get_num_threads()) if device.type == "cpu" else 1)
    ema.steps = clock.step
    chance = random.Random(recipe.seed + clock.step)
    length = recipe.model.text_length

    def step(progress: float) -> Metrics:
        text, pictures = drawn()
        shown, languages, said = described()
        pieces = [part.to(device).chunk(len(replicas.models)) for part in (text, pictures, shown, languages, said)]
        optimizer.set_rate(cosine(progress))

        def loss(network: DALLE, i: int) -> dict[str, Tensor]:
            with autocast(network):  # on the thread that computes this part of the batch
                return losses(network, *(part[i] for part in pieces))

        terms = replicas.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ema.update(model)
        return terms

    def drawn() -> tuple[Tensor, Tensor]:
        """Captions and tokens of scenes, to be drawn."""
        chosen, pictures = codes.draw(recipe.batch - recipe.describing, chance)
        return scene_tokens.encode(told(chosen, 0.0, chance), length), pictures.long()

    def described() -> tuple[Tensor, Tensor, Tensor]:
        """Tokens of scenes, a language for each, and what is said in it."""
        chosen, pictures = codes.draw(recipe.describing, chance)
        languages = [chance.choice(LANGUAGES) for _ in chosen]
        said = [sentence(scene, language) for scene, language in zip(chosen, languages, strict=True)]
        numbers = torch.tensor([recipe.model.language(language) for language in languages])
        return pictures.long(), numbers, scene_tokens.encode(said, length)

    def save(metrics: Metrics) -> None:
        files.save(ema.model, out)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the tokens that the VQ autoencoder makes of the scenes."""
    autoencoder = files.read(ASSETS / f"checkpoints/{recipe.model.autoencoder}.safetensors", VQVAE, VQConfig)
    codes = kept(
        run / "codes.pt",
        lambda x: autoencoder.encode(x).tokens.flatten(1).short(),
        scenes.Renderer(present("emoji")),
    )
    return train(recipe, codes, out, run, minutes)
