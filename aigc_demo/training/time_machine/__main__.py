"""Make the time machine of a training from the snapshots that it left.

    python -m aigc_demo.training.time_machine diffusion-digits gan-digits-r3

Reads the log and the snapshots in runs/<id>, and the finished weights; writes assets/examples/<id>-training.json and,
where there are pictures, <id>-snapshots.png. Every module of this folder with IDS and `course(entry, run, weights)` is
found without being listed anywhere; what the file holds stands at its top.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import aigc_demo.training.time_machine as time_machine
from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import UserError


@cache
def courses() -> dict[str, ModuleType]:
    """Id of a checkpoint -> the module that shows how it was trained."""
    names = sorted(module.name for module in iter_modules(time_machine.__path__) if module.name != "__main__")
    modules = [import_module(f"{time_machine.__name__}.{name}") for name in names]
    return {id: module for module in modules for id in getattr(module, "IDS", ())}


def make(id: str, run: Path, weights: Path, out: Path) -> None:
    """Write what the page shows of the training in `run`, which ended with `weights`, to the folder `out`."""
    facts, picture = courses()[id].course(catalogue.checkpoint(id), run, weights)
    out.mkdir(parents=True, exist_ok=True)
    if picture is not None:
        picture.save(out / f"{id}-snapshots.png", optimize=True)
    text = json.dumps({"checkpoint": id, **facts}, ensure_ascii=False, separators=(",", ":"))
    (out / f"{id}-training.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", nargs="+", choices=sorted(courses()), metavar="CHECKPOINT", help="id in the catalogue")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the folders of the trainings lie")
    parser.add_argument("--file", type=Path, help="the finished weights; the shipped ones by default")
    parser.add_argument("--out", type=Path, default=catalogue.ASSETS / "examples")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        for id in options.id:
            weights = options.file or catalogue.ASSETS / catalogue.checkpoint(id).file
            make(id, options.runs / id, weights, options.out)
    except UserError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
