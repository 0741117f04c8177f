"""The first results that ship with the page, so that every inner tab shows something real before any click.

    python -m aigc_demo.services [diffusion_draw vae ...]

runs every use case that has a `first` request, and writes what the page would draw to assets/examples/<name>.json, with
the files that it is made of beside it. A page that reads more has services/<family>/assets.py, whose MAKERS are run
first. Run it after new weights, on a machine that does nothing else, as some values are times. Everything runs in
PyTorch, which every install has. `load` reads a first result back without torch.
"""

import argparse
import hashlib
import json
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.core.errors import UserError
from aigc_demo.services.page_values import suffix
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json, find, requests_of

logger = logging.getLogger(__name__)
EXAMPLES = ASSETS / "examples"
KEY = "shipped"  # {"shipped": "diffusion_draw-0.png"} stands for a file in a value


def make(service: Service, name: str, folder: Path = EXAMPLES) -> bool:
    """Write the first result of a use case; False where it has none."""
    use_case = find(name)
    if use_case.first is None:
        return False
    if use_case.first_value is not None:
        shown = use_case.first_value(service.store, use_case.first)
    else:
        steps = list(service.run(name, use_case.first))
        shown = [step.value for step in use_case.page(use_case.first, iter(steps)) if step.value is not None][-1]
    files: dict[str, bytes] = {}

    def named(part: Any) -> Any:
        if isinstance(part, bytes):
            file = f"{name}-{len(files)}.{suffix(part)}"
            files[file] = part
            return {KEY: file}
        if isinstance(part, dict):
            return {key: named(value) for key, value in part.items()}
        return [named(value) for value in part] if isinstance(part, list | tuple) else part

    used = use_case.checkpoints(use_case.first)
    source = {"checkpoint": used[0], "sha256": service.store.sha256(used[0])} if used else {}
    facts = service.facts(name, use_case.first)
    told = {"parameters": facts["parameters"], "seed": facts["seed"], "values": asdict(use_case.first), **source}
    written = {"value": named(shown)}
    if use_case.card:
        written["card"] = named(use_case.card(service.store))
    write(folder / f"{name}.json", {**written, **told})
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return True


def write(path: Path, value: Json) -> None:
    """A value as a line of JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def read(name: str, folder: Path = EXAMPLES) -> Json | None:
    """The JSON object of assets/examples/<name>.json, or None where there is none."""
    try:
        value = json.loads((folder / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def load(name: str, folder: Path = EXAMPLES) -> Json | None:
    """{"value", "card", "parameters", "seed", ...} of a first result, with the addresses of its files, or None."""
    first = read(name, folder) or {}
    try:
        return {**first, "value": placed(first["value"], folder), "card": placed(first.get("card"), folder)}
    except (OSError, KeyError, TypeError):
        return None


def placed(part: Any, folder: Path) -> Any:
    """A value with the addresses of its files in place of their names."""
    if isinstance(part, dict):
        if set(part) == {KEY}:
            return {"url": address(part[KEY], folder)}
        return {key: placed(value, folder) for key, value in part.items()}
    return [placed(value, folder) for value in part] if isinstance(part, list) else part


def address(name: str, folder: Path = EXAMPLES) -> str:
    """Where the page finds a file of `assets/examples`; the address changes with the file."""
    return f"./shipped/{name}?{hashlib.sha256((folder / Path(name).name).read_bytes()).hexdigest()[:12]}"


def assets(family: str) -> dict[str, Callable[[Service, Path], None]]:
    """File -> what writes it into a folder; of a family that has services/<family>/assets.py."""
    module = f"aigc_demo.services.{family}.assets"
    return import_module(module).MAKERS if find_spec(module) else {}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command. What lacks data or weights is passed over with a line that says so."""
    from aigc_demo.checkpoints.store import Store

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="use cases, files of assets.py, or families; by default all")
    asked = parser.parse_args(arguments).names
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    os.environ["AIGC_ENGINE"] = "PyTorch"
    service = Service(Store(device="cpu"))
    families = [family.stem for family in service.store.catalogue.families]
    makers = {file: maker for family in families for file, maker in assets(family).items()}
    known = {file: family for family in families for file in assets(family)}
    known |= {f"{family}_{use_case}": family for family in families for use_case in requests_of(family)}
    if unknown := set(asked) - set(known) - set(families):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    for name, family in known.items():
        if asked and not {name, family} & set(asked):
            continue
        try:
            made = makers[name](service, EXAMPLES) if name in makers else make(service, name)
            if made is not False:
                logger.info("%s: made", name)
        except (UserError, OSError) as error:
            logger.warning("%s: %s", name, error)
