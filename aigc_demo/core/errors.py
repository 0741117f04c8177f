"""What can go wrong by a person's doing, as sentences that say what to do.

    UserError
    ├── BadRequestError     a value that a use-case cannot take
    ├── BadFileError        an upload that cannot be read
    ├── NotFoundError       a checkpoint, card or hub model that is not there
    └── UnavailableError    something this machine cannot do now: no network, damaged weights, full queue

Every error has a key and values. Its sentence stands in ui/text in all languages of the page, and is English here: the
key "blank" is `blank` of error.toml, and a family brings sentences of its own as "<family>.<name>" of <family>.toml.
Anything that is not a UserError is our fault: the page shows a neutral sentence and the log has the traceback.
"""

import sys
from functools import cache, partial
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEXT = Path(__file__).resolve().parents[1] / "ui" / "text"


def text_key(key: str) -> str:
    """Where the sentence of an error stands: "<file>.<name>" of ui/text."""
    return key if "." in key else f"error.{key}"


@cache
def sentences(file: str = "error") -> dict[str, str]:
    """Name -> English sentence with {values}, of one file of ui/text."""
    entries = tomllib.loads((TEXT / f"{file}.toml").read_text(encoding="utf-8"))
    return {name: entry["en"] for name, entry in entries.items()}


class UserError(Exception):
    """`key` names a sentence, `values` fill it in; the page translates the name of a field. KeyError without one."""

    def __init__(self, key: str, **values: object):
        file, _, name = text_key(key).partition(".")
        super().__init__(sentences(file)[name].format(**values))
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is copied to another process: made anew."""
        return partial(type(self), self.key, **self.values), ()


class BadRequestError(UserError):
    """A value that a use-case cannot take."""


class BadFileError(UserError):
    """An upload that cannot be read."""


class NotFoundError(UserError):
    """A checkpoint, card or hub model that is not there."""


class UnavailableError(UserError):
    """Something this machine cannot do now."""
