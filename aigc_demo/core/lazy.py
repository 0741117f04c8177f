"""A stand-in that becomes the real thing at first use, so that a page is served before torch is loaded."""

import threading
from collections.abc import Callable
from typing import Any


class Lazy:
    """Looks like what `make` returns; calls it once, at the first access to an attribute."""

    def __init__(self, make: Callable[[], Any]):
        self._make = make
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if "_real" not in self.__dict__:
                self.__dict__["_real"] = self._make()
        return getattr(self.__dict__["_real"], name)
