"""Train the language models of characters: GPT and LSTM, on Shakespeare and on Tang poems.

    python -m aigc_demo.training gpt-shakespeare --minutes 45

The id chooses the recipe (`RECIPES`). All of them minimise what the true next character costs,

    -log p(x_t | x_1 ... x_t-1)                                                          in nats per character

which needs no labels: the text is its own teacher (self-supervised learning). Models of poems begin with characters
that sound alike close together (`add_sounds`), which is all that they are told of rhyme. Both kinds of model get the
same batches, optimisers and number of weights. A run stops at any time and goes on from its folder. Time, hardware and
the figures reached stand in the catalogue.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.data import shakespeare
from aigc_demo.data.characters import Characters
from aigc_demo.data.fetch import present
from aigc_demo.data.prosody import EITHER, LEVEL, OBLIQUE, UNKNOWN, Prosody
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.models.precision import autocast
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import trapezoid
from aigc_demo.training.state import Snapshots, keep, resume

NOTHING = -1  # target of a place that is not asked
Cost = Callable[[nn.Module, Tensor, Tensor], Tensor]  # of a model on tokens and targets (B, T): nats, to be less
Batches = Iterator[tuple[Tensor, Tensor]]  # tokens (B, T), the token after each (B, T) or NOTHING; without end


@dataclass(frozen=True)
class Recipe:
    model: GPTConfig | LSTMConfig = field(default_factory=GPTConfig)
    data: str = "shakespeare"  # or poems
    steps: int = 7_000
    batch: int = 2_560  # tokens of an update
    window: int = 256  # characters of Shakespeare that are seen at once
    muon_rate: float = 0.03
    rate: float = 3e-3
    weight_decay: float = 0.05
    snapshots: int = 10  # copies kept for the time machine, closer together at the start
    seed: int = 0

    @classmethod
    def tiny(cls, model: GPTConfig | LSTMConfig | None = None) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(model or GPTConfig.tiny(), steps=2, batch=16, window=8, snapshots=2)


# 2.7 M weights each for Shakespeare, 3.1 M for the poems, whose characters are many
SHAKESPEARE = GPTConfig("llama", width=192, n_layer=6, n_head=6, n_kv_head=6, hidden=512, dropout=0.2)
POEMS = GPTConfig("gpt2", context=96, width=192, n_layer=5, n_head=6, n_kv_head=6, hidden=768, dropout=0.1)
RECIPES: dict[str, Recipe] = {
    "gpt-shakespeare": Recipe(SHAKESPEARE),
    "lstm-shakespeare": Recipe(LSTMConfig(width=432, dropout=0.1)),
    "gpt-poems": Recipe(POEMS, "poems"),
    "lstm-poems": Recipe(LSTMConfig(width=384, dropout=0.1), "poems"),
}


R = TypeVar("R", bound=Recipe)


def build(config: GPTConfig | LSTMConfig) -> GPT | LSTM:
    """The model that a config describes."""
    return GPT(config) if isinstance(config, GPTConfig) else LSTM(config)


def loss_of(model: nn.Module, tokens: Tensor, targets: Tensor) -> Tensor:
    """Mean cost of the true next token, in nats; tokens and targets (B, T)."""
    return F.cross_entropy(model(tokens).flatten(0, 1).float(), targets.flatten(), ignore_index=NOTHING)


@torch.no_grad()
def add_sounds(model: GPT | LSTM, prosody: Prosody) -> None:
    """Add a vector for each rhyme and tone to the untrained embeddings of the characters that have it.

    Characters that rhyme, or have one tone, then begin alike, in the embedding and in the head tied to it.
    """
    characters = model.config.characters
    groups = 1 + max((group for found in prosody.rhymes.values() for group in found), default=-1)
    tones = (LEVEL, OBLIQUE, EITHER, UNKNOWN)
    has = torch.zeros(len(characters), groups + len(tones))  # (V, sounds)
    for i, character in enumerate(characters):
        found = prosody.rhymes.get(character, frozenset())
        for group in found:
            has[i, group] = len(found) ** -0.5
        has[i, groups + tones.index(prosody.tone(character))] = 1
    table = model.embed.weight
    table += table.std() * has @ torch.randn(has.shape[1], table.shape[1])


def windows(text: Tensor, recipe: Recipe, first: int) -> Batches:
    """Pieces of a long text (N,), each from a place drawn by chance."""
    generator = torch.Generator().manual_seed(recipe.seed + first)
    rows, width = max(1, recipe.batch // recipe.window), torch.arange(recipe.window + 1)
    while True:
        starts = torch.randint(len(text) - recipe.window, (rows, 1), generator=generator)
        piece = text[starts + width]  # (B, T + 1)
        yield piece[:, :-1], piece[:, 1:]


def train(
    recipe: Recipe,
    batches: Callable[[int], Batches],
    out: Path,
    run: Path,
    minutes: float = float("inf"),
    cost: Cost = loss_of,
    begin: Callable[[Any], None] | None = None,
) -> Metrics:
    """`batches(step)` goes on after so many steps. Writes the weights to `out`, state and log to `run`.

    `begin` changes the untrained network.
    """
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = build(recipe.model)
    if begin is not None:
        begin(model)
    model.to(device)
    optimiser = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay)
    parts = {"model": model, "optimiser": optimiser}
    clock = resume(run, parts, device)
    torch.manual_seed(recipe.seed + clock.step)
    source = batches(clock.step)
    snapshots = Snapshots(run, recipe.snapshots)

    def step(progress: float) -> Metrics:
        if snapshots.due(progress):
            snapshots.save(model, clock.step)
        tokens, targets = (part.to(device) for part in next(source))
        optimiser.set_rate(trapezoid(progress))
        with autocast(model):
            loss = cost(model, tokens, targets)
        accelerator.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return {"loss": loss.item()}

    def save(metrics: Metrics) -> None:
        files.save(model, out, torch.int8)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock)


def prepared(recipe: R, folder: Path) -> tuple[R, Callable[[int], Batches]]:
    """The recipe with the characters of its data, and its batches from a step on."""
    if recipe.data == "shakespeare":
        characters = shakespeare.characters(folder)
        text = torch.tensor(Characters(characters).encode(shakespeare.load(folder, "train")))

        def batches(first: int) -> Batches:
            return windows(text, recipe, first)
    else:
        from aigc_demo.data import verse

        characters = verse.poem_characters(folder)

        def batches(first: int) -> Batches:
            return verse.poem_batches(folder, "train", recipe.batch, recipe.seed, first)

    return replace(recipe, model=replace(recipe.model, characters=characters, vocabulary=len(characters))), batches


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the text of the recipe's data set."""
    begin = partial(add_sounds, prosody=Prosody.read(ASSETS)) if recipe.data == "poems" else None
    return train(*prepared(recipe, present(recipe.data)), out, run, minutes, begin=begin)
