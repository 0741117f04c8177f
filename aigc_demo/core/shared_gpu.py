"""Spaces that share a GPU (ZeroGPU): it is lent to one call at a time, for at most the seconds that the call declares.

The package `spaces` of Hugging Face, which is there on such a Space only, runs a call in a process of its own: request
and results are copied, and what the call remembers is lost. So only long work without a state is lent the GPU; all else
stays on the CPU, where nobody's daily minutes are spent. Without the package nothing changes.
"""

import functools
import importlib.util
import os
from collections.abc import Callable, Iterator
from typing import Any

SECONDS = {"device": 60, "writing": 30}  # queue of a request -> seconds of the GPU that it declares
DEVICE = "cuda"  # while it is lent


@functools.cache
def is_here() -> bool:
    """Whether this process runs on such a Space."""
    return bool(os.environ.get("SPACES_ZERO_GPU")) and importlib.util.find_spec("spaces") is not None


def lent(work: Callable[..., Iterator[Any]], seconds: int) -> Callable[..., Iterator[Any]]:
    """`work`, a generator function, as one that has the GPU for so many seconds while it runs."""
    from spaces import GPU

    given: Callable[..., Iterator[Any]] = GPU(duration=seconds)(work)
    return given
