"""Answers that were given before, for whoever asks the same again: bounded in number and in bytes.

AIGC_CACHE_MB sets the bound, 64 where it is not set; with 0 everything is computed anew.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

COUNT = 256
MEGABYTES = 64
SHARE = 16  # one answer may take one part in so many


class Kept:
    """Answers by key, the one that was not asked for the longest dropped first."""

    def __init__(self, count: int = COUNT, size: int | None = None):
        given = os.environ.get("AIGC_CACHE_MB", "")
        self.count = count
        self.most = (int(given) if given.isdecimal() else MEGABYTES) << 20 if size is None else size
        self.size = self.hits = 0
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Hashable) -> Any | None:
        """The answer, which whoever gets it must not change; None where there is none."""
        with self._lock:
            if key is None or key not in self._answers:
                return None
            self.hits += 1
            self._answers.move_to_end(key)
            return self._answers[key][0]

    def put(self, key: Hashable, answer: Any) -> None:
        """Keep an answer, unless it is too large; a key of None is not kept."""
        size = weight(answer) + weight(key)
        if key is None or size * SHARE > self.most:
            return
        with self._lock:
            self.size += size - self._answers.pop(key, (None, 0))[1]
            self._answers[key] = (answer, size)
            while len(self._answers) > self.count or self.size > self.most:
                self.size -= self._answers.popitem(last=False)[1][1]


def weight(part: Any) -> int:
    """About how many bytes a value takes."""
    if isinstance(part, bytes | str):
        return 50 + len(part)
    if isinstance(part, dict):
        return 100 + sum(weight(name) + weight(value) for name, value in part.items())
    if isinstance(part, list | tuple):
        return 60 + sum(map(weight, part))
    return weight(vars(part)) if hasattr(part, "__dict__") else 32
