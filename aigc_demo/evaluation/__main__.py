"""Measure a checkpoint on held-out data, anew from its file.

    python -m aigc_demo.evaluation diffusion-digits --json
    python -m aigc_demo.evaluation diffusion-digits --update --run runs/diffusion-digits

The catalogue names the function that measures a checkpoint. --update writes what was measured (with size, sha256,
parameters and, from the training's own state, steps and minutes) into the catalogue. `--file` measures another file in
the place of the shipped one, for a run that is under way.
"""

import argparse
import json
import logging
import sys
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.store import Store, named
from aigc_demo.core.errors import UserError
from aigc_demo.evaluation.measurement import Measured, Settings, Task


def options(arguments: list[str] | None = None) -> tuple[argparse.Namespace, Settings]:
    """The command line. The catalogue takes only what was measured on the shipped file, with the usual settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", help="id of the checkpoint in the catalogue")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--update", action="store_true", help="write the result into the catalogue")
    parser.add_argument("--file", type=Path, help="measure this file instead of the shipped one")
    parser.add_argument("--run", type=Path, help="folder of the training, for its steps and minutes")
    parser.add_argument("--hardware", help="what it was trained on, for the catalogue")
    for setting in fields(Settings):
        parser.add_argument(f"--{setting.name}", type=type(setting.default), default=setting.default)
    chosen = parser.parse_args(arguments)
    settings = Settings(**{setting.name: getattr(chosen, setting.name) for setting in fields(Settings)})
    if chosen.update and (chosen.file or settings != Settings()):
        parser.error("--update goes with the shipped file and the usual settings only")
    return chosen, settings


def measure(task: Task, file: Path | None = None) -> Measured:
    """What the catalogue's function for this checkpoint measures on the shipped file, or on another one."""
    entry = task.checkpoint
    if file is None:
        model = task.store.load(entry.id)
    else:
        model = files.read(file, named(entry.model), named(entry.config)).to(task.store.device)
    found: Measured = named(entry.evaluate)(model, task)
    return replace(found, metrics={name: round(value, 5) for name, value in found.metrics.items()})


def training_facts(run: Path | None, hardware: str | None) -> dict[str, Any]:
    """Steps and minutes of a training, from the state it left, and the hardware's name where given."""
    facts: dict[str, Any] = {"hardware": hardware} if hardware else {}
    if run is not None:
        state = torch.load(run / "state.pt", weights_only=True, map_location="cpu", mmap=True)
        facts |= {"steps": state["step"], "minutes": round(state["seconds"] / 60, 1)}
    return facts


def main() -> None:
    chosen, settings = options()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        if chosen.update:
            # the file is about to be measured: what the catalogue says of it must not stand in the way
            catalogue.remeasure(chosen.id, training_facts(chosen.run, chosen.hardware))
            catalogue.shipped.cache_clear()
        started = time.perf_counter()
        store = Store()
        task = Task(catalogue.checkpoint(chosen.id), store, settings)
        found = measure(task, chosen.file)
        seconds = round(time.perf_counter() - started, 1)
        if chosen.update:
            catalogue.remeasure(chosen.id, {"metrics": found.metrics})
            if found.keep is not None:
                found.keep(store.assets / "examples")
    except UserError as error:
        raise SystemExit(str(error)) from error
    if chosen.json:
        result = {"checkpoint": chosen.id, "metrics": found.metrics, "samples": found.samples, "seconds": seconds}
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for name, value in found.metrics.items():
            sys.stdout.write(f"{name:24}{value:.5f}\n")
        sys.stdout.write(f"{'samples':24}{found.samples}\n{'seconds':24}{seconds}\n")


if __name__ == "__main__":
    main()
