"""Train the text autoencoders, on lines of Tang verse and on film reviews, and the four of Bowman et al.'s table.

    python -m aigc_demo.training textvae-verse --minutes 14

The id chooses the recipe (`RECIPES`). An autoencoder minimises, after Bowman et al. (arXiv:1511.06349),

    -log p(x|z) + weight * sum over d of max(KL_d, free)                                  in nats per sentence

where the weight rises from 0 to that of the recipe (KL annealing, section 3.1), KL_d is the mean over the batch, and
`free` nats of every dimension cost nothing (free bits, Kingma et al., arXiv:1606.04934, appendix C.8). While training,
some of the words that the decoder sees are hidden (word dropout). A plain language model has the first term alone.

The four `textvae-verse-...` are Bowman et al.'s table 2: language model and autoencoder, each with the standard and
with the inputless decoder. They are equal in all that they share, and none of them has free bits.

A run stops at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from aigc_demo.checkpoints import files
from aigc_demo.data import corpus
from aigc_demo.data.fetch import present
from aigc_demo.models.precision import autocast
from aigc_demo.models.textvae import TextVAE, TextVAEConfig, hide, lengths, shifted
from aigc_demo.training.loop import Budget, Metrics, endless, fit
from aigc_demo.training.rates import cosine, set_rate
from aigc_demo.training.state import Snapshots, keep, resume

Terms = dict[str, Tensor]
POOL = 32  # batches that are drawn together, and sorted by length


@dataclass(frozen=True)
class Recipe:
    model: TextVAEConfig = field(default_factory=TextVAEConfig)
    data: str = "verse"  # or reviews
    steps: int = 30_000
    batch: int = 128
    learning_rate: float = 2e-3  # peak; rises over the first 2 % of the budget, then falls along a cosine
    weight: float = 1.0  # of the KL term at the end of its rise
    annealing: str = "logistic"  # how the weight rises: logistic, linear or none
    warm: float = 0.4  # share of the budget over which it rises
    free: float = 0.0  # nats of every dimension that cost nothing
    hidden: float = 0.0  # share of the decoder's words that are hidden: word dropout
    misread: float = 0.0  # share of the encoder's words that are hidden
    snapshots: int = 10  # copies kept for the time machine, closer together at the start
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(TextVAEConfig.tiny(), steps=2, batch=4, snapshots=2, free=0.1, hidden=0.5, misread=0.1)


PAPER = TextVAEConfig(embedding=64, reader=128, writer=160, latent=16)
COMPARED = {
    "lm": replace(PAPER, variational=False),
    "vae": PAPER,
    "lm-inputless": replace(PAPER, variational=False, inputless=True),
    "vae-inputless": replace(PAPER, inputless=True),
}
RECIPES: dict[str, Recipe] = {
    "textvae-verse": Recipe(TextVAEConfig(embedding=96, reader=192, writer=256, latent=48), free=0.5, hidden=0.4),
    "textvae-reviews": Recipe(
        TextVAEConfig(by="words", longest=14, embedding=96, reader=192, writer=256, latent=48, dropout=0.3),
        "reviews",
        batch=64,
        free=0.5,
        hidden=0.4,
        misread=0.1,
    ),
    **{
        f"textvae-verse-{name}": Recipe(model, steps=5_000, batch=64, learning_rate=3e-3, warm=0.6, snapshots=0)
        for name, model in COMPARED.items()
    },
}


def weight(recipe: Recipe, progress: float) -> float:
    """Weight of the KL term over the budget: rises over its first part, then stays."""
    if recipe.annealing == "none" or progress >= recipe.warm:
        return recipe.weight
    along = progress / recipe.warm
    return recipe.weight * (along if recipe.annealing == "linear" else 1 / (1 + math.exp(-12 * (along - 0.5))))


def batches(sentences: Tensor, batch: int, seed: int) -> Iterator[Tensor]:
    """Rows (B, T) without end, of neighbouring lengths and no wider than the longest of them."""
    generator = torch.Generator().manual_seed(seed)
    for chosen in endless(len(sentences), min(batch * POOL, len(sentences) // batch * batch), seed):
        pool = sentences[chosen].long()
        ends = lengths(pool)
        sorted_by_length = ends.argsort().view(-1, batch)
        for part in sorted_by_length[torch.randperm(len(sorted_by_length), generator=generator)]:
            yield pool[part, : int(ends[part].max())]


def terms(model: TextVAE, tokens: Tensor, before: Tensor, noise: Tensor, weight: float, free: float) -> Terms:
    """The loss and its parts in nats per sentence, all of them tensors.

    tokens (B, T) as the encoder reads them and the decoder shall write them, or (2, B, T) where the two differ;
    before (B, T) as the decoder sees them, noise (B, D).
    """
    read, written = (tokens, tokens) if tokens.ndim == 2 else tokens
    posterior, logits = model(read, before, noise)
    error = -model.log_likelihood(written, logits).mean()
    if posterior is None:
        return {"loss": error, "reconstruction": error}
    kl = posterior.kl().mean(0)  # (D,)
    return {"loss": error + weight * kl.clamp_min(free).sum(), "reconstruction": error, "kl": kl.sum()}


def train(recipe: Recipe, sentences: Tensor, out: Path, run: Path, minutes: float = float("inf")) -> Metrics:
    """sentences (N, T) as tokens. Writes the weights to `out`, state, log and snapshots to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = TextVAE(recipe.model).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.99), fused=True)
    parts = {"model": model, "optimizer": optimizer}
    clock = resume(run, parts, device)
    torch.manual_seed(recipe.seed + clock.step)
    source = batches(sentences, recipe.batch, recipe.seed + clock.step)
    snapshots = Snapshots(run, recipe.snapshots)

    def step(progress: float) -> Metrics:
        if snapshots.due(progress):
            snapshots.save(model, clock.step * recipe.batch)
        tokens = next(source)
        read = hide(tokens, torch.rand(tokens.shape), recipe.misread)
        before = hide(shifted(tokens), torch.rand(tokens.shape), recipe.hidden)
        noise = torch.randn(len(tokens), recipe.model.latent)
        set_rate(optimizer, recipe.learning_rate * cosine(progress, 0.01))
        heavy = weight(recipe, progress)
        with autocast(model):
            both = torch.stack([read, tokens]).to(device)
            found = terms(model, both, before.to(device), noise.to(device), heavy, recipe.free)
        accelerator.backward(found["loss"])
        nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        optimizer.zero_grad()
        return {**{name: term.item() for name, term in found.items()}, "weight": heavy}

    def save(metrics: Metrics) -> None:
        files.save(model, out, torch.int8)
        keep(run, parts, clock, recipe.batch, metrics)

    return fit(step, save, Budget(recipe.steps, minutes), clock, log_every=100, save_every=10.0)


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on the sentences of the recipe's corpus."""
    words, rows = corpus.training(recipe.data, present(corpus.CORPORA[recipe.data].data))
    return train(replace(recipe, model=replace(recipe.model, tokens=words)), rows, out, run, minutes)
