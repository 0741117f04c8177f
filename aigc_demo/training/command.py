"""Train a checkpoint.

    python -m aigc_demo.training diffusion-digits --minutes 96
    python -m aigc_demo.training gan-colour --device cuda --run runs/colour --out runs/new.safetensors --set batch=64

A run stops at any time and goes on from its folder when it is started again. Every module of this folder with RECIPES,
id -> Recipe, and `start(recipe, out, run, minutes)` is found without being listed anywhere.
"""

import argparse
import logging
import os
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import torch

import aigc_demo.training as training
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.core.errors import UserError

ONCE = ("__main__", "command")  # modules that are no recipes


@cache
def recipes() -> dict[str, tuple[ModuleType, Any]]:
    """Id of a checkpoint -> the module that trains it, and its recipe."""
    names = sorted(module.name for module in iter_modules(training.__path__) if module.name not in ONCE)
    modules = [import_module(f"{training.__name__}.{name}") for name in names]
    trainers = [module for module in modules if hasattr(module, "RECIPES") and hasattr(module, "start")]
    return {id: (module, recipe) for module in trainers for id, recipe in module.RECIPES.items()}


def changed(recipe: Any, settings: Sequence[str]) -> Any:
    """The recipe with fields set by "name=value"; ValueError for an unknown name or a value of another type."""
    values: dict[str, object] = {}
    plain = {
        field.name for field in fields(recipe) if isinstance(getattr(recipe, field.name), bool | int | float | str)
    }
    for setting in settings:
        name, _, text = setting.partition("=")
        if name not in plain:
            raise ValueError(f"{name} is not one of {', '.join(sorted(plain))}")
        kind = type(getattr(recipe, name))
        if kind is bool and text not in ("true", "false"):
            raise ValueError(f"{name} must be true or false, got {text}")
        try:
            values[name] = text == "true" if kind is bool else kind(text)
        except ValueError as error:
            raise ValueError(f"{name} must be a number, got {text}") from error
    return replace(recipe, **values)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and train; exit with a sentence where that cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m aigc_demo.training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("id", choices=sorted(recipes()), metavar="CHECKPOINT", help="id in the catalogue")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="stop after this long, all sittings counted"
    )
    parser.add_argument("--device", help="cpu, cuda, cuda:1, mps, ...; by default the best there is")
    parser.add_argument("--out", type=Path, help="file of the weights; assets/checkpoints/<id>.safetensors by default")
    parser.add_argument("--run", type=Path, help="folder of state, log and snapshots; runs/<id> by default")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="change fields of the recipe")
    chosen = parser.parse_args(arguments)
    module, recipe = recipes()[chosen.id]
    try:
        recipe = changed(recipe, chosen.set)
    except ValueError as error:
        parser.error(str(error))
    if chosen.device:
        os.environ["ACCELERATE_TORCH_DEVICE"] = chosen.device  # accelerate reads it when the training begins
    torch.set_flush_denormal(True)  # here, since it acts on this thread and on those that begin later
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    out = chosen.out or ASSETS / "checkpoints" / f"{chosen.id}.safetensors"
    try:
        module.start(recipe, out, chosen.run or Path("runs") / chosen.id, chosen.minutes)
    except UserError as error:
        raise SystemExit(str(error)) from error
