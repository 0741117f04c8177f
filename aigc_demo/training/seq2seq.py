"""Train the encoder-decoder that answers the upper line of a couplet with a lower one.

    python -m aigc_demo.training seq2seq-couplets --minutes 50

What is minimised is what the true next character of the lower line costs, the whole upper line and the lower line so
far being seen (arXiv:1409.3215, eq. 1):

    -sum_t log p(y_t | y_1 ... y_t-1, x)                                                 in nats per token

with the end of the line as one more token. Couplets of one length make a batch, so that nothing is padded. A run stops
at any time and goes on from its folder. Time, hardware and the figures reached stand in the catalogue.

The run keeps, at moments closer together at the start, how the network answers three upper lines that are held out,
and what the characters of held-out couplets cost: run/answers.jsonl, for the time machine.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from aigc_demo.checkpoints import files
from aigc_demo.data import couplets
from aigc_demo.data.characters import Characters
from aigc_demo.data.fetch import present
from aigc_demo.models.precision import autocast
from aigc_demo.models.seq2seq import MARKS, START, Seq2Seq, Seq2SeqConfig, Writer, loss
from aigc_demo.sampling.beam import beam
from aigc_demo.sampling.pairing import pairing, words
from aigc_demo.training.loop import Budget, Metrics, fit
from aigc_demo.training.optimisers import MuonAdamW
from aigc_demo.training.rates import trapezoid
from aigc_demo.training.state import keep, resume

Couplets = Sequence[tuple[str, str]]  # (upper line, lower line), equally long
Batches = Iterator[tuple[Tensor, Tensor]]  # tokens of upper and of lower lines, (B, S) both; without end
ASKED = ("落霞与孤鹜齐飞", "明月松间照", "无边落木萧萧下")  # upper lines of the time machine, none of them learned
BEAM = 8  # lines that are followed at a snapshot
SEEN = 512  # held-out couplets that are measured at a snapshot


@dataclass(frozen=True)
class Recipe:
    model: Seq2SeqConfig = field(default_factory=lambda: Seq2SeqConfig(dropout=0.15))
    steps: int = 6_000
    batch: int = 2_048  # characters of the upper lines of an update
    muon_rate: float = 0.02
    rate: float = 3e-3
    weight_decay: float = 0.05
    snapshots: int = 12  # moments of the time machine, closer together at the start
    asked: tuple[str, ...] = ASKED
    seed: int = 0

    @classmethod
    def tiny(cls) -> "Recipe":
        """Two steps of the smallest model; for tests."""
        return cls(Seq2SeqConfig.tiny(), steps=2, batch=8, snapshots=2, asked=("天日山",))


RECIPES: dict[str, Recipe] = {"seq2seq-couplets": Recipe()}


def tokens_by_length(pairs: Couplets, characters: str) -> dict[int, np.ndarray]:
    """Length S -> tokens (N, 2, S) of the couplets of this length whose characters are all known."""
    table = Characters(characters)
    found: dict[int, list[list[list[int]]]] = {}
    for upper, lower in pairs:
        if not table.unknown(upper + lower):
            found.setdefault(len(upper), []).append([table.encode(upper), table.encode(lower)])
    return {length: np.array(rows, dtype=np.int16) for length, rows in found.items()}


def couplet_batches(rows: dict[int, np.ndarray], characters: int, seed: int, first: int) -> Batches:
    """Couplets of one length at a time, as many as have so many characters in their upper lines; all once a round."""
    random = np.random.default_rng([seed, first])
    while True:
        chosen: list[tuple[int, np.ndarray]] = []
        for length, tokens in sorted(rows.items()):
            size = max(1, characters // length)
            order = random.permutation(len(tokens))
            chosen += [(length, order[start : start + size]) for start in range(0, len(order), size)]
        for i in random.permutation(len(chosen)):
            length, picked = chosen[i]
            upper, lower = torch.from_numpy(rows[length][picked].astype(np.int64)).unbind(1)
            yield upper, lower


@torch.no_grad()
def answer(model: Seq2Seq, upper: str) -> dict[str, Any]:
    """The line that a beam finds to an upper line, its cost in nats per character, and who looked at whom."""
    table = Characters(model.config.characters)
    tokens = table.encode(upper)
    allowed = pairing(tokens, words(model.config.characters), "mirrored")
    best = list(beam(Writer(model, torch.tensor([tokens])), BEAM, len(upper), START, allowed=allowed))[-1][0]
    lower = torch.tensor([[START, *best.tokens[:-1]]])
    looked = model.alignment(torch.tensor([tokens]), lower).mean((0, 1, 2))  # (T, S)
    return {
        "upper": upper,
        "lower": table.decode(best.tokens),
        "cost": round(-best.score / len(upper), 3),
        "alignment": [[round(share, 2) for share in row] for row in looked.tolist()],
    }


@torch.no_grad()
def held_out_loss(model: Seq2Seq, rows: dict[int, np.ndarray]) -> float:
    """What a token of the held-out lower lines costs, in nats."""
    total, count = 0.0, 0
    for length, tokens in rows.items():
        upper, lower = torch.from_numpy(tokens.astype(np.int64)).unbind(1)
        size = len(lower) * (length + 1)
        total, count = total + loss(model, upper, lower)["loss"].item() * size, count + size
    return total / max(count, 1)


def some(rows: dict[int, np.ndarray], count: int) -> dict[int, np.ndarray]:
    """About `count` of the couplets, of every length in its share."""
    share = count / max(1, sum(map(len, rows.values())))
    return {length: tokens[: max(1, round(share * len(tokens)))] for length, tokens in rows.items()}


def train(
    recipe: Recipe,
    pairs: Couplets,
    held_out: Couplets,
    out: Path,
    run: Path,
    minutes: float = float("inf"),
) -> Metrics:
    """Learns from `pairs`. Writes the weights to `out`; state, log and answers to `run`."""
    torch.manual_seed(recipe.seed)
    accelerator = Accelerator()
    device = accelerator.device
    model = Seq2Seq(recipe.model).to(device)
    optimiser = MuonAdamW(model, recipe.muon_rate, recipe.rate, recipe.weight_decay)
    parts = {"model": model, "optimiser": optimiser}
    clock = resume(run, parts, device)
    torch.manual_seed(recipe.seed + clock.step)
    rows, unseen = (tokens_by_length(part, recipe.model.characters) for part in (pairs, held_out))
    source = couplet_batches(rows, recipe.batch, recipe.seed, clock.step)
    diary, few = run / "answers.jsonl", some(unseen, SEEN)
    taken = len(diary.read_text("utf-8").splitlines()) if diary.exists() else 0

    def look() -> None:
        nonlocal taken
        model.eval()
        answers = [answer(model, upper) for upper in recipe.asked]
        spent, cost = clock.seconds / 60, held_out_loss(model, few)
        entry = {"step": clock.step, "minutes": spent, "held_out": cost, "answers": answers}
        model.train()
        with diary.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        taken += 1

    def step(progress: float) -> Metrics:
        if taken < recipe.snapshots and progress >= (taken / recipe.snapshots) ** 3:
            look()
        upper, lower = (part.to(device) for part in next(source))
        optimiser.set_rate(trapezoid(progress))
        with autocast(model):
            found = loss(model, upper, lower)["loss"]
        accelerator.backward(found)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return {"loss": found.item()}

    def save(metrics: Metrics) -> None:
        files.save(model, out, torch.int8)
        keep(run, parts, clock, recipe.batch, metrics)

    metrics = fit(step, save, Budget(recipe.steps, minutes), clock)
    if metrics:  # there were steps
        look()
    return metrics


def prepared(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with the characters of its data."""
    characters = MARKS + couplets.couplet_characters(folder)
    return replace(recipe, model=replace(recipe.model, characters=characters, vocabulary=len(characters)))


def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> Metrics:
    """Train on couplets of regulated verse."""
    folder = present("poems")
    pairs, held_out = (couplets.couplets(folder, split) for split in ("train", "test"))
    return train(prepared(recipe, folder), pairs, held_out, out, run, minutes)
