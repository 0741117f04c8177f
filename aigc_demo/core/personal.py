"""What a person has on the page for a while and nobody else may see: kept by a token that cannot be guessed."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from aigc_demo.core.errors import BadRequestError

T = TypeVar("T")


@contextmanager
def held(lock: threading.Lock, busy: str) -> Iterator[None]:
    """Hold the lock of a thing, so that nobody else uses it meanwhile; BadRequestError `busy` when somebody does."""
    if not lock.acquire(blocking=False):
        raise BadRequestError(busy)
    try:
        yield
    finally:
        lock.release()


class Personal(Generic[T]):
    """A few things by their tokens, each for so many seconds after it was last used."""

    def __init__(self, most: int = 6, seconds: float = 2400.0):
        self.most, self.seconds = most, seconds
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()  # the one used last at the end
        self._lock = threading.Lock()

    def keep(self, thing: T, token: str = "") -> str:
        """The token of a thing: a new one, or the given one, whose thing it takes the place of."""
        token = token or secrets.token_urlsafe(16)
        with self._lock:
            self._kept.pop(token, None)
            self._kept[token] = (time.monotonic(), thing)
            self._tidy()
        return token

    def find(self, token: str) -> T | None:
        """The thing of a token, if it is still there."""
        with self._lock:
            self._tidy()
            found = self._kept.pop(token, None)
            if found is None:
                return None
            self._kept[token] = (time.monotonic(), found[1])
            return found[1]

    def drop(self, token: str) -> None:
        """Let go of the thing of a token now."""
        with self._lock:
            self._kept.pop(token, None)

    def _tidy(self) -> None:
        """Let go of the oldest ones, and of those that nobody has used for long."""
        now = time.monotonic()
        while self._kept:
            used, _ = next(iter(self._kept.values()))
            if len(self._kept) <= self.most and now - used < self.seconds:
                return
            self._kept.popitem(last=False)
