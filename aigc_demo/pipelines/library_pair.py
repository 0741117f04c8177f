"""A network of ours and the class of a library that is the same function of the same weights."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class LibraryPair:
    """One file of pipelines/pairs: each defines PAIR, and convert.py and parity.py find it by the class of a model."""

    ours: tuple[type[nn.Module], ...]  # our classes
    theirs: tuple[str, ...]  # names of the library's classes
    to_library: Callable[[Any], Any]  # our model -> the library's module, in eval mode, no memory shared
    from_library: Callable[[Any], nn.Module]  # and back; BadRequestError where our network has no such form
    layers: Callable[[Any], Iterable[tuple[str, str]]]  # our model -> names of its layers and of theirs, as they run
    mistakes: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)  # name -> makes our model wrong
    library_inputs: Callable[..., tuple[Any, ...]] = lambda *inputs: inputs  # our arguments -> the library's
    probe: Callable[[Any, torch.Generator], tuple[Tensor | None, ...]] | None = None  # random arguments of our forward


def unsupported(
    options: Mapping[str, Any], only: Mapping[str, tuple[object, ...]], wrong: Mapping[str, bool] | None = None
) -> str:
    """The first option of a library's network that ours has no form for, as "name = value"; empty without one.

    `only` lists the values that an option may have, `wrong` marks options found unfit otherwise. An option that is
    absent counts as the first value allowed.
    """
    unfit = {name: options.get(name, allowed[0]) not in allowed for name, allowed in only.items()} | dict(wrong or {})
    return next((f"{name} = {options.get(name)}" for name, bad in unfit.items() if bad), "")
