"""diffusers and transformers, imported at first use: it takes seconds."""

import sys
from importlib import import_module
from typing import Any


def diffusers() -> Any:
    """The library, whole, even while another thread is at importing it.

    At the end of its import the library puts another module in its own place; who waited for the import by an import
    statement would be left with the first one, which has no names in it.
    """
    return whole("diffusers")


def transformers() -> Any:
    """The library, in the same way."""
    return whole("transformers")


def whole(name: str) -> Any:
    """The module that stands for a library once its import is through."""
    import_module(name)
    return sys.modules[name]
