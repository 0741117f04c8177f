"""What the `shipped` modules of the families share: making the first results again, and writing them down."""

import argparse
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UserError

logger = logging.getLogger(__name__)
Service = TypeVar("Service")


def make(
    about: str | None, makers: Mapping[str, Callable[[Service, Path], None]], create: Callable[[Store], Service]
) -> None:
    """The command of a `shipped` module: makes what is named on the command line, by default everything.

    `about`: the module's docstring. A maker whose data or weights are not here is passed over with a line that says so.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"what to make; by default everything: {', '.join(makers)}")
    names = parser.parse_args().names or list(makers)
    if unknown := set(names) - set(makers):
        parser.error(f"there is no {', '.join(unknown)}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    store = Store(device="cpu")
    service = create(store)
    for name in names:
        try:
            makers[name](service, Path(store.assets) / "examples")
            logger.info("%s: made", name)
        except (UserError, OSError) as error:
            logger.warning("%s: %s", name, error)


def write(path: Path, value: dict[str, Any]) -> None:
    """A value as a line of JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")
