"""The folder of a training: its state, so that it goes on where it stopped, and its log."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from aigc_demo.checkpoints import files
from aigc_demo.training.loop import Clock, Metrics

logger = logging.getLogger(__name__)
Parts = Mapping[str, Any]  # name -> model or optimizer: whatever has state_dict and load_state_dict


def resume(run: Path, parts: Parts, device: torch.device) -> Clock:
    """Where the training in `run` stands, its parts as they were then; a new clock where there is none yet."""
    run.mkdir(parents=True, exist_ok=True)
    if not (run / "state.pt").exists():
        return Clock()
    state = torch.load(run / "state.pt", weights_only=True, map_location=device)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    logger.info("going on from step %d", state["step"])
    return Clock(state["step"], state["seconds"])


def keep(run: Path, parts: Parts, clock: Clock, batch: int, metrics: Metrics) -> None:
    """Write the state, never half of it, and a line of the log unless there is nothing new (no metrics).

    `batch` is the number of pictures per step.
    """
    state = {name: part.state_dict() for name, part in parts.items()}
    unfinished = run / "state.new"
    torch.save({**state, "step": clock.step, "seconds": clock.seconds}, unfinished)
    unfinished.replace(run / "state.pt")
    if not metrics:
        return
    line = {"pictures": clock.step * batch, "minutes": clock.seconds / 60, **metrics}
    with (run / "log.jsonl").open("a") as log:
        log.write(json.dumps(line) + "\n")


class Snapshots:
    """Copies of the weights for the time machine, `count` at (i / count) ** power of the budget: first close together.

    Those that a run already has are counted when it goes on.
    """

    def __init__(self, run: Path, count: int, power: int = 3):
        self.run, self.count, self.power = run, count, power
        self.taken = len(list(run.glob("snapshot-*.safetensors")))

    def due(self, progress: float) -> bool:
        """Whether it is time for the next one, at this share of the budget."""
        return self.taken < self.count and progress >= (self.taken / self.count) ** self.power

    def save(self, model: nn.Module, number: int) -> None:
        """Write it to snapshot-<number>.safetensors, the number of pictures or steps so far."""
        files.save(model, self.run / f"snapshot-{number:08d}.safetensors")
        self.taken += 1
