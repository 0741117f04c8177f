"""What can be asked of the network that answers couplets: one frozen request per use-case, bounds and defaults."""

from dataclasses import dataclass
from typing import Annotated

from aigc_demo.core.params import SEED, Choice, Range, Request, Text

COUPLETS = "seq2seq-couplets"  # the checkpoint
SHORTEST, LONGEST = 2, 20  # characters of a line; a comma inside it counts
FIRST = "落霞与孤鹜齐飞"
WAYS = ("beam", "draw")
TONES = ("free", "regular", "every", "pattern")
REPEATS = ("mirrored", "none", "free")

Line = Annotated[str, Text(400)]


@dataclass(frozen=True)
class Pair(Request):
    """Answer an upper line with several lower lines, ranked by how likely the model finds them."""

    upper: Line = FIRST
    way: Annotated[str, Choice(WAYS)] = "beam"
    lines: Annotated[int, Range(1, 12)] = 6
    temperature: Annotated[float, Range(0, 2, 0.05)] = 0.8  # of drawing
    tones: Annotated[str, Choice(TONES)] = "regular"  # which tones are asked of the lower line
    pattern: Annotated[str, Text(40)] = ""  # the tones of "pattern": 平 or 仄 for every character, 中 for either
    repeats: Annotated[str, Choice(REPEATS)] = "mirrored"
    beam: Annotated[int, Range(1, 128)] = 64  # lines that are followed at once
    apart: Annotated[int, Range(1, 5)] = 2  # characters in which any two of the lines differ, at least
    seed: Annotated[int, SEED] = 7  # of drawing


@dataclass(frozen=True)
class Beside(Request):
    """Our network and transformers', same weights, same upper line."""

    upper: Line = FIRST
    beam: Annotated[int, Range(1, 16)] = 4
