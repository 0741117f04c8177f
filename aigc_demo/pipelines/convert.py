"""The same weights in our form and in the library's, both ways and without loss.

    to_library(model)       our model -> the library's
    from_library(module)    the library's -> our model
    networks(model)         parts of our model that a library has a class for

Each file of pipelines/pairs is one pair of classes; a new file there is found without any change here.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from torch import nn

from aigc_demo.core.errors import BadRequestError
from aigc_demo.pipelines import pairs
from aigc_demo.pipelines.library_pair import LibraryPair


@cache
def all_pairs() -> tuple[LibraryPair, ...]:
    """PAIR of every file of pipelines/pairs."""
    names = sorted(module.name for module in iter_modules(pairs.__path__))
    return tuple(import_module(f"{pairs.__name__}.{name}").PAIR for name in names)


def pair_of(model: nn.Module) -> LibraryPair:
    """The pair that a model of ours belongs to; TypeError where no library has its class."""
    for pair in all_pairs():
        if isinstance(model, pair.ours):
            return pair
    raise TypeError(f"{type(model).__name__} has no counterpart in a library")


def networks(model: nn.Module, name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The outermost networks within `model` that a library has a class for, and their names, "" for `model` itself."""
    if any(pair.probe and isinstance(model, pair.ours[0]) for pair in all_pairs()):
        yield name, model
        return
    for part, module in model.named_children():
        yield from networks(module, f"{name}.{part}" if name else part)


def to_library(model: nn.Module) -> Any:
    """The library's form of `model`: a module of its own with equal weights, in eval mode."""
    return pair_of(model).to_library(model)


def from_library(module: nn.Module) -> nn.Module:
    """Our form of the library's `module`, in eval mode; BadRequestError where our model has no such form."""
    for kind in type(module).__mro__:
        for pair in all_pairs():
            if kind.__name__ in pair.theirs:
                return pair.from_library(module)
    raise BadRequestError("hub_unsupported", name=type(module).__name__)
