"""What the landing view shows: a first result per family, and figures from the catalogue. Nothing here needs torch."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aigc_demo.checkpoints.catalogue import Checkpoint, Family
from aigc_demo.services import first_results
from aigc_demo.services.use_case import Json, requests_of


@dataclass(frozen=True)
class Facts:
    models: int
    parameters: int
    megabytes: float


def runs(families: Iterable[Family], folder: Path = first_results.EXAMPLES) -> dict[str, Json]:
    """Family stem -> what moves on its card: the first result of its first use case, or what that has for the card."""
    found = {}
    for family in families:
        headline = next(iter(requests_of(family.stem)))
        if (first := first_results.load(f"{family.stem}_{headline}", folder)) is not None:
            shown = first["card"] or first["value"]
            found[family.stem] = {"panes": [], **shown, "parameters": first["parameters"], "seed": first["seed"]}
    return found


def facts(checkpoints: Iterable[Checkpoint]) -> Facts:
    """Number, parameters and megabytes of these checkpoints."""
    known = list(checkpoints)
    return Facts(len(known), sum(c.parameters for c in known), sum(c.size for c in known) / 1e6)
