"""Make the first results that ship with the page, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.diffusion.shipped

Draws every use-case with its defaults and writes sheets and facts to assets/examples/. Run it after new weights.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step
from aigc_demo.services.diffusion import requests, sheets
from aigc_demo.services.diffusion.results import Array
from aigc_demo.services.diffusion.service import DiffusionService, create
from aigc_demo.services.shipping import write

logger = logging.getLogger(__name__)


def reel(frames: list[Any]) -> tuple[bytes, dict[str, Any]]:
    """A run: sheet, and what the microscope needs to know."""
    shown = sheets.panes(frames[0])
    return sheets.sheet(frames, shown), {
        "counts": [len(frames)],
        "panes": list(shown),
        "levels": [frame.level for frame in frames],
        "signals": [frame.alpha_bar for frame in frames],
        "w": frames[0].x.shape[-1],
        "h": frames[0].x.shape[-2],
    }


def tiles(pictures: Array) -> tuple[bytes, dict[str, Any]]:
    """Pictures in a row: sheet and sizes."""
    size = {"w": pictures.shape[-1], "h": pictures.shape[-2]}
    return sheets.row(pictures), {"counts": [len(pictures)], "panes": ["picture"], "levels": [], **size}


def last(steps: Iterable[Step[Any]]) -> Any:
    """What a use-case ends with."""
    *_, step = steps
    return step.value


def results(service: DiffusionService) -> dict[str, tuple[Any, bytes, dict[str, Any]]]:
    """Short name of the use-case -> request, sheet, facts."""
    draw, redraw, walk = requests.Draw(), requests.Redraw(), requests.Walk()
    grid, samplers, cut, beside = requests.Grid(), requests.Samplers(), requests.Cut(), requests.Beside()
    rows = [step.value for step in service.samplers(samplers) if step.value is not None]
    parted, both = last(service.cut(cut)), last(service.beside(beside))
    made = {
        "run": (draw, reel([step.value for step in service.draw(draw)])),
        "redraw": (redraw, reel([step.value for step in service.redraw(redraw)])),
        "walk": (walk, tiles(last(service.walk(walk)))),
        "grid": (grid, tiles(last(service.grid(grid)))),
        "samplers": (samplers, tiles(np.concatenate([row.pictures for row in rows]))),
        "cut": (cut, tiles(sheets.cut(parted))),
        "beside": (beside, tiles(sheets.beside(both))),
    }
    made["samplers"][1][1]["milliseconds"] = [ms for row in rows for ms in row.milliseconds]
    made["beside"][1][1].update(layers=both.layers, first=both.first, maximum=both.maximum, mean=both.mean)
    made["beside"][1][1]["milliseconds"] = [both.our_milliseconds, both.their_milliseconds]
    return {name: (request, sheet, facts) for name, (request, (sheet, facts)) in made.items()}


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    store = Store()
    service = create(store)
    folder = Path(store.assets) / "examples"
    checkpoint = requests.CHECKPOINT
    common = {"parameters": service.parameters(), "checkpoint": checkpoint, "sha256": store.sha256(checkpoint)}
    for name, (request, sheet, facts) in results(service).items():
        (folder / f"{checkpoint}-{name}.png").write_bytes(sheet)
        plain = {"sheets": [f"{checkpoint}-{name}.png"], **facts, **common, "values": asdict(request)}
        plain["seed"] = plain["values"].get("seed", plain["values"].get("seed_from"))
        write(folder / f"{checkpoint}-{name}.json", plain)
        logger.info("%s: %d bytes", name, len(sheet))
    forward = requests.Forward()
    value = {**sheets.noised(service.forward(forward), service.schedule()), "seed": forward.seed}
    write(folder / f"{checkpoint}-forward.json", value)


if __name__ == "__main__":
    main()
