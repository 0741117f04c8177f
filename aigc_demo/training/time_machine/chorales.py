"""The time machine of the models of chorales: one held-out melody, harmonised at moments of a training.

The file holds:

    seed, temperature, top_p   the same at every moment
    melody                     name of the chorale whose melody is given, its metre and upbeat
    snapshots                  training step, minutes, nats per token of all held-out chorales; fifths, octaves:
                               parallel ones per 100 moves, in all held-out melodies harmonised; voices (4, T) of the
                               one that is heard, and its broken rules
    bach                       the same of Bach's own settings
    curve                      training step, loss while learning
    guess                      nats per token of a guess that knows nothing, ln V
"""

import logging
import math
from pathlib import Path
from typing import Any

import torch

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.data import chorale_tokens as rows
from aigc_demo.data import chorales
from aigc_demo.data.chorales import Chorale
from aigc_demo.data.fetch import present
from aigc_demo.data.voice_leading import faults, rates
from aigc_demo.evaluation.chorales import TEMPERATURE, TOP_P, harmonised, nats, sung
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.training.chorales import RECIPES
from aigc_demo.training.time_machine.log import Line, minutes_at, moments, read_log, thin

logger = logging.getLogger(__name__)
IDS = tuple(RECIPES)
SEED = 0
HEARD = (48, 80)  # steps of the chorale that is heard: six bars to ten

Model = GPT | LSTM


def fitting(held: tuple[Chorale, ...]) -> list[Chorale]:
    """Held-out chorales whose rows fit into the context; the one that is heard comes first."""
    whole = [chorale for chorale in held if len(rows.row_of(chorale).tokens) <= rows.CONTEXT]
    return sorted(whole, key=lambda one: not (one.metre == 4 and HEARD[0] <= one.steps <= HEARD[1]))


def picture(voices: Any) -> dict[str, Any]:
    """Four voices and their broken rules, as the page draws them."""
    broken = [[fault.kind, fault.step, *fault.voices] for fault in faults(voices)]
    return {"voices": voices.tolist(), "faults": broken}


def frequencies(pieces: list[Any]) -> dict[str, float]:
    """Parallel fifths and octaves per 100 moves."""
    found = rates(pieces)
    return {"fifths": round(found.fifths, 3), "octaves": round(found.octaves, 3)}


@torch.inference_mode()
def look(model: Model, held: tuple[Chorale, ...]) -> dict[str, Any]:
    """What a model costs at one moment, and how it harmonises."""
    voices = [sung(chorale) for chorale in harmonised(model, fitting(held), SEED)]
    cost = nats(model, held)["nats_per_token"]
    return {"nats": round(cost, 4), **frequencies(voices), **picture(voices[0])}


def stations(run: Path, shipped: Path, lines: list[Line], batch: int) -> list[tuple[int, Path]]:
    """(training step, weights) of every snapshot and of the finished model."""
    *taken, (tokens, finished) = moments(run, shipped, lines)
    return [*taken, (tokens // batch, finished)]


def render(name: str, run: Path, shipped: Path, held: tuple[Chorale, ...]) -> dict[str, Any]:
    """The course of a training as the page needs it."""
    batch, lines = RECIPES[name].batch, read_log(run / "log.jsonl")
    kinds: tuple[Any, Any] = (GPT, GPTConfig) if name.startswith("gpt") else (LSTM, LSTMConfig)
    given = fitting(held)
    known = []
    for step, path in stations(run, shipped, lines, batch):
        found = look(files.read(path, *kinds), held)
        known.append({"step": step, "minutes": minutes_at(step * batch, lines), **found})
        told = {part: found[part] for part in ("nats", "fifths", "octaves")}
        logger.info("step %d, %.1f minutes: %s", step, known[-1]["minutes"], told)
    return {
        "seed": SEED,
        "temperature": TEMPERATURE,
        "top_p": TOP_P,
        "melodies": len(given),
        "melody": {"name": given[0].name, "metre": given[0].metre, "upbeat": given[0].upbeat},
        "snapshots": known,
        "bach": {**frequencies([one.voices for one in given]), **picture(given[0].voices)},
        "curve": [{"step": int(line["pictures"]) // batch, "loss": round(line["loss"], 4)} for line in thin(lines)],
        "guess": round(math.log(rows.VOCABULARY), 4),
    }


def course(entry: Checkpoint, run: Path, weights: Path) -> tuple[dict[str, Any], None]:
    """What the page shows of a training."""
    return render(entry.id, run, weights, chorales.load(present(entry.data), "test")), None
