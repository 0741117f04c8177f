"""Bounds of request fields, declared once: services check them, the page draws them.

@dataclass(frozen=True)
class Draw(Request):
    steps: Annotated[int, Range(1, 1000)] = 20
"""

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

from aigc_demo.core.errors import BadRequestError

R = TypeVar("R")


@dataclass(frozen=True)
class Range:
    """Inclusive bounds of a number, and the step of its slider."""

    low: float
    high: float
    step: float = 1


@dataclass(frozen=True)
class Choice:
    """The values that a field may take."""

    options: tuple[str | int, ...]


@dataclass(frozen=True)
class Text:
    """The longest text that a field may hold, in characters. `tidy`: it is tidied, as texts to train on are."""

    longest: int = 2000
    tidy: bool = False


Rule = Range | Choice | Text
LONGEST_NUMBER = 40  # characters of a number that is sent as text
SEED = Range(0, 2**32 - 1)  # every seed box


def rules(request: type[Any]) -> dict[str, tuple[type[Any], Rule | None]]:
    """Field name -> (its type, its bounds or None) of a request class, in order."""
    found: dict[str, tuple[type[Any], Rule | None]] = {}
    hints = get_type_hints(request, include_extras=True)
    for name in (field.name for field in dataclasses.fields(request)):
        hint = hints[name]
        kind, *notes = get_args(hint) if get_origin(hint) is not None and hasattr(hint, "__metadata__") else (hint,)
        found[name] = (kind, next((note for note in notes if isinstance(note, Range | Choice | Text)), None))
    return found


def tidied(text: str) -> str:
    """One kind of line end, no tabs, no mark of the byte order."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").removeprefix("\ufeff")


def short(value: object) -> str:
    """A value as it is repeated in a sentence: one line, 40 characters at most."""
    words = " ".join(str(value).split())
    words = words[:39] + "…" if len(words) > 40 else words
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in words) or "“”"


def number(value: Any) -> Any:
    """The number that a text spells in plain digits, as programs and links send it; anything else as it is."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > LONGEST_NUMBER or not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", text, re.I):
        return value
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else float(text)


def spelled(kind: type[Any], value: Any) -> Any:
    """What an address says of a field of this type, where it is a flag; anything else as it is."""
    words = {"true": True, "1": True, "false": False, "0": False}
    return words.get(value.lower(), value) if kind is bool and isinstance(value, str) else value


def clean(name: str, kind: type[Any], rule: Rule | None, value: Any) -> Any:
    """`value` as `kind` inside `rule`, or BadRequestError with a sentence that says what is wrong."""
    if kind is bool:
        if not isinstance(value, bool):
            raise BadRequestError("flag", field=name, value=short(value))
        return value
    if kind in (int, float):
        if value is None or (isinstance(value, str) and not value.strip()):
            raise BadRequestError("blank", field=name)
        value = number(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
            raise BadRequestError("number", field=name, value=short(value))
        if kind is int and value != int(value):
            raise BadRequestError("whole", field=name, value=short(value))
    elif kind is str and not isinstance(value, str):
        raise BadRequestError("text", field=name, value=short(value))
    if isinstance(rule, Text) and rule.tidy:
        value = tidied(value)
    if isinstance(rule, Range) and not rule.low <= value <= rule.high:
        raise BadRequestError("range", field=name, low=f"{rule.low:g}", high=f"{rule.high:.10g}", value=short(value))
    if isinstance(rule, Choice) and value not in rule.options:
        raise BadRequestError("choice", field=name, options=", ".join(map(str, rule.options)), value=short(value))
    if isinstance(rule, Text) and len(value) > rule.longest:
        raise BadRequestError("long", field=name, longest=rule.longest, length=len(value))
    return kind(value) if kind in (int, float) else value


def check(request: Any) -> None:
    """Check every field of a frozen request dataclass; whole floats become ints. For `__post_init__`."""
    for name, (kind, rule) in rules(type(request)).items():
        if kind not in (bool, int, float, str):
            continue
        try:
            object.__setattr__(request, name, clean(name, kind, rule, getattr(request, name)))
        except BadRequestError as error:
            error.values["family"] = type(request).__module__.split(".")[-2]  # whose page has a label for the field
            raise


@dataclass(frozen=True)
class Request:
    """Base class of requests: every field is checked when one is made. A subclass that checks more calls this first.

    `queue` says with whom it takes turns, see ui/events.py.
    """

    queue: ClassVar[str] = "device"

    def __post_init__(self) -> None:
        check(self)


def build(request: type[R], values: Mapping[str, Any]) -> R:
    """A request out of loose values (a run card, a link): unknown names are refused, missing ones take the default."""
    fields = {field.name for field in dataclasses.fields(request)}  # type: ignore[arg-type]
    for name in values:
        if name not in fields:
            raise BadRequestError("field_unknown", field=short(name))
    return request(**values)
