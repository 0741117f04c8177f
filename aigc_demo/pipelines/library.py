"""diffusers, imported at first use: it takes seconds."""

import sys
from importlib import import_module
from typing import Any


def diffusers() -> Any:
    """The library, whole, even while another thread is at importing it.

    At the end of its import the library puts another module in its own place; who waited for the import by an import
    statement would be left with the first one, which has no names in it.
    """
    import_module("diffusers")
    return sys.modules["diffusers"]
