"""What can be asked of the translators: one frozen request per use case, with its bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from aigc_demo.core.params import Choice, Range, Request, Text

CYCLE = "cyclegan-emoji"
WITHOUT = "cyclegan-emoji-nocycle"  # the ablation, trained without the cycle term
JUDGE = "judge-emoji"
PAIRS = 24  # emoji that ship as both vendors draw them
ROWS = ("faces", "things", "signs")  # of eight pairs each
DIRECTIONS = ("to_google", "to_twitter")

Direction = Annotated[str, Choice(DIRECTIONS)]


@dataclass(frozen=True)
class Translate(Request):
    """Translate a picture into the other vendor's style and back again."""

    queue: ClassVar[str] = "quick"

    sample: Annotated[int, Range(0, PAIRS - 1)] = 19
    picture: Annotated[str, Text(8_000_000)] = ""  # "data:image/...;base64,...", or empty for a shipped emoji
    direction: Direction = "to_google"


@dataclass(frozen=True)
class Compare(Request):
    """Translate a row of held-out emoji with the cycle term and without, beside the true pairs."""

    queue: ClassVar[str] = "quick"

    row: Annotated[str, Choice(ROWS)] = "faces"
    direction: Direction = "to_google"
