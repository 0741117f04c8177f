"""Settings of a model's own files: each has a rule of what is supported; any other value refuses the model."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from aigc_demo.core.errors import BadRequestError

Rule = Callable[[Any], bool]  # value of a setting -> whether it is supported


def one_of(*options: object) -> Rule:
    """The value is one of `options`."""
    return lambda value: value in options


def number(kind: type[int] | type[float], least: float, most: float) -> Rule:
    """The value is a number from `least` to `most`, whole where `kind` is int."""

    def fits(value: Any) -> bool:
        return isinstance(value, (int, kind)) and not isinstance(value, bool) and bool(least <= value <= most)

    return fits


def refusal(name: str, setting: str, value: object) -> BadRequestError:
    """The model `name` asks for what is not supported."""
    return BadRequestError("hub_setting", name=name, setting=setting, value=str(value)[:100])


def check(settings: Mapping[str, Any], rules: Mapping[str, Rule], free: Collection[str], name: str) -> None:
    """BadRequestError for the first setting that its rule forbids.

    Any value of a setting in `free` is fine; one that is neither there nor in `rules` must be off.
    """
    for setting, value in settings.items():
        off = value is None or value is False
        known = setting in free or setting.startswith("_")
        if not (rules[setting](value) if setting in rules else known or off):
            raise refusal(name, setting, value)
