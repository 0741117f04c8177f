"""The time machine of the language models: the same beginning, written on at moments of a training.

The file holds:

    prompt, seed, temperature, length   the same at every moment; a poem may end before its length
    line                                a held-out line, and in every snapshot `costs`: what each of its characters but
                                        the first costs, in nats
    snapshots                           characters read, minutes, nats per character of a held-out piece, text, costs
    curve                               characters, loss while learning
    guess, unigram                      nats per character of a guess that knows nothing (ln V), and of one that knows
                                        how often each character occurs
"""

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.data import shakespeare, verse
from aigc_demo.data.characters import Characters
from aigc_demo.data.fetch import present
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.training.language import RECIPES, Recipe, loss_of
from aigc_demo.training.time_machine.log import Line, minutes_at, moments, read_log, thin

logger = logging.getLogger(__name__)
IDS = tuple(RECIPES)
SEED, TEMPERATURE = 7, 0.8
PROMPTS = {"shakespeare": "ROMEO:\n", "poems": verse.opening("lushi5", "春夜")}
LENGTHS = {"shakespeare": 360, "poems": 60}
ENDS = {"shakespeare": "", "poems": verse.END}
HELD = 8  # pieces of held-out text of which a moment is measured
LINE = 48  # characters of the line that teaches

Model = GPT | LSTM


@dataclass(frozen=True)
class Task:
    """What every moment of a training is given."""

    prompt: str
    length: int
    line: str
    held: tuple[Tensor, Tensor]
    ends: str = ""  # the character that a text ends with


def text_of(recipe: Recipe, folder: Path, split: str) -> str:
    """All of a split as one text."""
    if recipe.data == "shakespeare":
        return shakespeare.load(folder, split)
    poems = verse.poem_split(folder, split)
    return "".join(verse.opening(poem.form) + verse.body(poem.lines) + verse.END for poem in poems)


def held_out(recipe: Recipe, folder: Path, characters: Characters) -> tuple[Tensor, Tensor]:
    """Pieces that no training sees: tokens (B, T) and the token after each (B, T)."""
    if recipe.data == "poems":
        return next(verse.poem_batches(folder, "test", HELD * verse.ROW))
    text = torch.tensor(characters.encode(text_of(recipe, folder, "test")[: HELD * recipe.window + 1]))
    whole = text.unfold(0, recipe.window + 1, recipe.window)
    return whole[:, :-1], whole[:, 1:]


def first_line(recipe: Recipe, folder: Path) -> str:
    """A line of the held-out text, long enough to look at."""
    lines = text_of(recipe, folder, "test").split("\n")
    return next(line for line in lines if len(line) >= min(LINE, 26))[:LINE]


def unigram(text: str) -> float:
    """What a character costs a guess that knows how often each occurs, in nats."""
    counts = torch.tensor([text.count(character) for character in sorted(set(text))], dtype=torch.float64)
    p = counts / counts.sum()
    return float(torch.special.entr(p).sum())


def stations(run: Path, shipped: Path, lines: list[Line], batch: int) -> list[tuple[int, Path]]:
    """(characters read, weights) of every snapshot, whose name is a step, and of the finished model."""
    *taken, finished = moments(run, shipped, lines)
    return [*((step * batch, path) for step, path in taken), finished]


@torch.inference_mode()
def look(model: Model, task: Task) -> dict[str, Any]:
    """What a model costs and writes at one moment."""
    tokens, targets = task.held
    characters = Characters(model.config.characters)
    line = torch.tensor([characters.encode(task.line)])
    costs = F.cross_entropy(model(line[:, :-1])[0].float(), line[0, 1:], reduction="none")
    start = torch.tensor([characters.encode(task.prompt)])
    picks = write(model, start, Sampling(TEMPERATURE), chances(SEED, task.length))
    text = characters.decode(int(pick.token) for pick in picks)
    if task.ends:
        text = text.partition(task.ends)[0]
    nats = loss_of(model, tokens, targets)
    return {"nats": round(float(nats), 4), "text": text, "costs": [round(float(cost), 2) for cost in costs]}


def render(name: str, run: Path, shipped: Path, folder: Path) -> dict[str, Any]:
    """The course of a training as the page needs it."""
    recipe, lines = RECIPES[name], read_log(run / "log.jsonl")
    kinds: tuple[Any, Any] = (GPT, GPTConfig) if name.startswith("gpt") else (LSTM, LSTMConfig)
    characters = Characters(files.read_config(shipped, kinds[1]).characters)
    held = held_out(recipe, folder, characters)
    task = Task(PROMPTS[recipe.data], LENGTHS[recipe.data], first_line(recipe, folder), held, ENDS[recipe.data])
    known = []
    for read, path in stations(run, shipped, lines, recipe.batch):
        found = look(files.read(path, *kinds), task)
        known.append({"characters": read, "minutes": minutes_at(read, lines), **found})
        logger.info("%d characters, %.1f minutes: %.3f nats", read, known[-1]["minutes"], found["nats"])
    return {
        "prompt": task.prompt,
        "seed": SEED,
        "temperature": TEMPERATURE,
        "length": task.length,
        "line": task.line,
        "snapshots": known,
        "curve": [{"characters": int(line["pictures"]), "loss": round(line["loss"], 4)} for line in thin(lines)],
        "guess": round(math.log(len(characters)), 4),
        "unigram": round(unigram(text_of(recipe, folder, "train")), 4),
    }


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], None]:
    """What the page shows of a training."""
    return render(entry.id, run, weights, present(entry.data)), None
