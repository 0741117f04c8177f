"""What can be asked of the translators: one frozen request per use-case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated

from aigc_demo.core.params import Choice, Range, Text, check

PAIRS = 24  # emoji that ship as both vendors draw them
ROWS = ("faces", "things", "signs")  # of eight pairs each
DIRECTIONS = ("to_google", "to_twitter")

Direction = Annotated[str, Choice(DIRECTIONS)]


@dataclass(frozen=True)
class Translate:
    """Translate a picture into the other vendor's style and back again."""

    sample: Annotated[int, Range(0, PAIRS - 1)] = 19
    picture: Annotated[str, Text(8_000_000)] = ""  # "data:image/...;base64,...", or empty for a shipped emoji
    direction: Direction = "to_google"

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Compare:
    """Translate a row of held-out emoji with the cycle term and without, beside the true pairs."""

    row: Annotated[str, Choice(ROWS)] = "faces"
    direction: Direction = "to_google"

    def __post_init__(self) -> None:
        check(self)
