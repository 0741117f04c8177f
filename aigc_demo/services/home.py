"""What the landing view shows: a first result per family, and figures from the catalogue. Nothing here needs torch."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.catalogue import ASSETS, Checkpoint, Family
from aigc_demo.services import first_results
from aigc_demo.services.use_case import requests_of

EXAMPLES = ASSETS / "examples"


@dataclass(frozen=True)
class Facts:
    """Figures for the small print."""

    models: int
    parameters: int
    megabytes: float


def address(name: str, folder: Path = EXAMPLES) -> str:
    """Where the page finds a file of `assets/examples`; the address changes with the file."""
    return f"./shipped/{name}?{hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]}"


def runs(families: Iterable[Family], folder: Path = EXAMPLES) -> dict[str, dict[str, Any]]:
    """Family stem -> what moves on its card: the first result of its first use case, or what that has for the card."""
    found = {}
    for family in families:
        headline = next((f"{family.stem}_{use_case}" for use_case in requests_of(family.stem)), "")
        first = first_results.load(headline, folder)
        if first is not None:
            shown = first["card"] or first["value"]
            found[family.stem] = {"panes": [], **shown, "parameters": first["parameters"], "seed": first["seed"]}
    return found


def shipped_value(name: str, folder: Path = EXAMPLES) -> dict[str, Any] | None:
    """The JSON object of a file that ships; None without it."""
    try:
        value = json.loads((folder / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def facts(checkpoints: Iterable[Checkpoint]) -> Facts:
    """How much ships."""
    known = list(checkpoints)
    return Facts(len(known), sum(c.parameters for c in known), sum(c.size for c in known) / 1e6)


def shipped_training(checkpoint: str, folder: Path = EXAMPLES) -> dict[str, Any] | None:
    """The course of a training, as `python -m aigc_demo.training.snapshots` wrote it; None without it."""
    try:
        course: dict[str, Any] = json.loads((folder / f"{checkpoint}-training.json").read_text("utf-8"))
        return {**course, "sheet": address(f"{checkpoint}-snapshots.png", folder)}
    except (OSError, ValueError, TypeError):
        return None


def shipped_forward(checkpoint: str, folder: Path = EXAMPLES) -> dict[str, Any] | None:
    """A digit with its noise and the schedule, for the browser to mix; None without it."""
    try:
        value: dict[str, Any] = json.loads((folder / f"{checkpoint}-forward.json").read_text("utf-8"))
        return value
    except (OSError, ValueError):
        return None
