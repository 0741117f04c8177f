"""Train a third of the GPT on what the whole of it says, and the same network without it.

    python -m aigc_demo.training gpt-shakespeare-student
    python -m aigc_demo.training gpt-shakespeare-small

Distillation (Hinton, Vinyals & Dean, 2015, arXiv:1503.02531): the teacher's probabilities of every next token,
flattened by a temperature T, are targets beside the token that came; w is the share of the teacher.

    w T^2 KL(softmax(z_teacher / T) || softmax(z / T)) - (1 - w) log softmax(z)[token]           in nats per character

A softened gradient is 1 / T^2 as long, hence T^2. With w = 0 there is no teacher: both recipes differ in nothing else,
neither in the network and its first weights, nor in batches, their order and their number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.data.fetch import present
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.precision import autocast
from aigc_demo.training import language
from aigc_demo.training.language import Batches, Cost
from aigc_demo.training.loop import Metrics

TEACHER = "gpt-shakespeare"
STUDENT = GPTConfig("llama", width=128, n_layer=4, n_head=4, n_kv_head=4, hidden=384)  # 0.86 M weights


@dataclass(frozen=True)
class Recipe(language.Recipe):
    model: GPTConfig = STUDENT
    steps: int = 1_200
    snapshots: int = 0
    temperature: float = 1.0  # T
    share: float = 0.9  # w

    @classmethod
    def tiny(cls, model: GPTConfig | None = None) -> "Recipe":  # type: ignore[override]
        """Two steps of the smallest model; for tests."""
        return cls(model or GPTConfig.tiny(), steps=2, batch=16, window=8)


RECIPES = {"gpt-shakespeare-student": Recipe(), "gpt-shakespeare-small": Recipe(share=0.0)}


def soft_cost(logits: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T^2 times the mean Kullback-Leibler divergence, in nats, of the softened teacher; logits (..., V) of both."""
    told, said = (F.log_softmax(scores.float().flatten(0, -2) / temperature, -1) for scores in (teacher, logits))
    return temperature**2 * F.kl_div(said, told, reduction="batchmean", log_target=True)


def cost_of(recipe: Recipe, teacher: GPT) -> Cost:
    """What a student pays: its difference to `teacher`, and the tokens that came."""

    def cost(model: nn.Module, tokens: Tensor, targets: Tensor) -> Tensor:
        logits = model(tokens)
        with torch.no_grad(), autocast(teacher):
            told = teacher(tokens)
        hard = F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=language.NOTHING)
        return recipe.share * soft_cost(logits, told, recipe.temperature) + (1 - recipe.share) * hard

    return cost


def train(
    recipe: Recipe,
    teacher: GPT,
    batches: Callable[[int], Batches],
    out: Path,
    run: Path,
    minutes: float = float("inf"),
) -> Metrics:
    """As `language.train`; a share of 0 asks no teacher."""
    loss = cost_of(recipe, teacher) if recipe.share else language.loss_of
    return language.train(recipe, batches, out, run, minutes, loss)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the text of the teacher, what the shipped one says beside it."""
    teacher = files.read(ASSETS / "checkpoints" / f"{TEACHER}.safetensors", GPT, GPTConfig)
    prepared, batches = language.prepared(recipe, present(recipe.data))
    return train(prepared, teacher, batches, out, run, minutes)
