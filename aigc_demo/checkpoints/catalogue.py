"""What is there to show: the families in the order of their tabs, and the checkpoints that ship with the project.

    python -m aigc_demo.checkpoints.catalogue diffusion-digits

measures the file of a checkpoint anew (size, sha256, number of parameters) and writes it into catalogue.toml.
`python -m aigc_demo.evaluation ID --update` does the same and adds the metrics.

Nothing here imports torch: the page is built from this before any model is touched.
"""

import argparse
import functools
import hashlib
import math
import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from aigc_demo.core.errors import NotFoundError, UnavailableError
from aigc_demo.core.params import short

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PATH = Path(__file__).with_name("catalogue.toml")
ASSETS = Path(__file__).resolve().parents[2] / "assets"


@dataclass(frozen=True)
class Checkpoint:
    id: str  # <stem>-<data>[-<variant>]
    family: str  # stem of the tab that shows it; "judge" for those that only evaluate
    model: str  # "module:class" of the network
    config: str  # "module:class" of its config
    file: str  # below assets/
    data: str  # name of the data set
    licence: str  # of the data
    command: str  # what trains it
    evaluate: str  # "module:function" that measures it (evaluation/measurement.py)
    seed: int = 0  # of the training
    steps: int = 0  # training steps done
    hardware: str = ""  # on which it was trained
    minutes: float = 0.0  # of training
    size: int = 0  # bytes
    sha256: str = ""  # of the file; empty: not measured yet, and not checked
    parameters: int = 0  # numbers that were trained
    metrics: dict[str, float] = field(default_factory=dict)  # on held-out data, by `python -m aigc_demo.evaluation`


@dataclass(frozen=True)
class Family:
    stem: str  # name of its file in every layer
    checkpoints: tuple[Checkpoint, ...]


@dataclass(frozen=True)
class Catalogue:
    families: tuple[Family, ...]
    checkpoints: tuple[Checkpoint, ...]  # all of them, also those that only evaluate

    def family(self, stem: str) -> Family:
        """The family with this stem; NotFoundError for others."""
        for family in self.families:
            if family.stem == stem:
                return family
        raise NotFoundError("unknown_family", name=short(stem))

    def checkpoint(self, id: str) -> Checkpoint:
        """The checkpoint with this id; NotFoundError for others."""
        for checkpoint in self.checkpoints:
            if checkpoint.id == id:
                return checkpoint
        raise NotFoundError("unknown_checkpoint", name=short(id))


def entry(values: Mapping[str, Any]) -> Checkpoint:
    """A table of the file as a Checkpoint; ValueError when a field is unknown, absent or of the wrong type."""
    known = {field.name: field for field in fields(Checkpoint)}
    absent = [name for name, f in known.items() if name not in values and f.default is f.default_factory is MISSING]
    if absent or set(values) - set(known):
        raise ValueError(f"absent: {absent}, unknown: {sorted(set(values) - set(known))}")
    for name, value in values.items():
        kind: Any = known[name].type
        if not isinstance(value, {str: str, int: int, float: int | float}.get(kind, dict)):
            raise ValueError(f"{name} is {value!r}")
    return Checkpoint(**values)


def read(path: Path = PATH) -> Catalogue:
    """The catalogue in this file; UnavailableError when there is none or it is broken."""
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
        checkpoints = tuple(entry(values) for values in plain["checkpoint"])
        stems = [table["stem"] for table in plain["family"]]
    except FileNotFoundError as error:
        raise UnavailableError("catalogue_missing", file=path.name) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError("catalogue_broken", file=path.name, reason=short(error)) from error
    of = {stem: tuple(c for c in checkpoints if c.family == stem) for stem in stems}
    return Catalogue(tuple(Family(stem, of[stem]) for stem in stems), checkpoints)


@functools.cache
def shipped() -> Catalogue:
    """The catalogue that ships with the project, read once."""
    return read()


def families() -> tuple[Family, ...]:
    """The families in the order of their tabs."""
    return shipped().families


def family(stem: str) -> Family:
    """The family with this stem; NotFoundError for others."""
    return shipped().family(stem)


def checkpoint(id: str) -> Checkpoint:
    """The checkpoint with this id; NotFoundError for others."""
    return shipped().checkpoint(id)


def file_sha256(path: Path) -> str:
    """The file's sha256 in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def count_parameters(path: Path) -> int:
    """Trained numbers in a safetensors file, by its header: not counters, not the running means of normalisations.

    A matrix of integers counts when its scale stands beside it, see checkpoints/files.py; the scale does not.
    """
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        tensors = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        return sum(
            math.prod(tensor.get_shape())
            for name, tensor in tensors.items()
            if (tensor.get_dtype().startswith(("F", "BF")) or f"{name}.scale" in tensors)
            and not name.endswith((".running_mean", ".running_var", ".scale"))
        )


def describe(path: Path) -> dict[str, Any]:
    """What can be measured on the file alone."""
    return {"size": path.stat().st_size, "sha256": file_sha256(path), "parameters": count_parameters(path)}


def update(id: str, values: Mapping[str, Any], path: Path = PATH) -> None:
    """Write `values` into the entry of one checkpoint; the rest of the file, comments too, stays as it is."""
    import tomlkit

    document: Any = tomlkit.parse(path.read_text(encoding="utf-8"))
    found = next((entry for entry in document["checkpoint"] if entry["id"] == id), None)
    if found is None:
        raise NotFoundError("unknown_checkpoint", name=short(id))
    for name, value in values.items():
        if isinstance(value, Mapping):
            table = tomlkit.inline_table()
            table.update(value)
            value = table
        found[name] = value
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def remeasure(id: str, measured: Mapping[str, Any], assets: Path = ASSETS, path: Path = PATH) -> None:
    """Measure the checkpoint's file, write that and `measured` into the catalogue.

    Metrics of a file that has changed since are dropped, unless `measured` brings new ones.
    """
    before = read(path).checkpoint(id)
    found = describe(assets / before.file)
    stale: dict[str, Any] = {"metrics": {}} if found["sha256"] != before.sha256 else {}
    update(id, {**found, **stale, **measured}, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", help="the checkpoint whose file is measured")
    remeasure(parser.parse_args().id, {})


if __name__ == "__main__":
    main()
