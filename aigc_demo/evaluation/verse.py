"""What can be checked of a poem or a couplet without taste: form, rhyme, repeats, the opposition of tones.

Functions of plain strings; tones and rhymes are those of the shipped table (data/prosody.py). What the table does not
know, and a character that may be level or oblique, is not counted.
"""

import re
from collections.abc import Iterable, Sequence

from aigc_demo.data.prosody import PUNCTUATION, Prosody, places

Counted = tuple[int, int]  # places where it holds, places where it can be said


def lines_of(text: str) -> list[str]:
    """The lines of a poem, which marks stand between."""
    return [line for line in re.split(f"[{PUNCTUATION}\n]", text) if line]


def form_right(text: str, width: int, count: int) -> bool:
    """Whether a text is `count` lines of `width` characters, with ， after an upper line and 。 after a lower one."""
    line = f"[^{PUNCTUATION}\n]{{{width}}}"
    return re.fullmatch(f"({line}，{line}。){{{count // 2}}}", text) is not None


def rhyming(lines: Sequence[str], prosody: Prosody) -> Counted:
    """Even lines that rhyme with the even line before them."""
    ends = [line[-1] for line in lines[1::2]]
    verdicts = [prosody.rhyme(a, b) for a, b in zip(ends, ends[1:], strict=False)]
    return sum(verdict is True for verdict in verdicts), sum(verdict is not None for verdict in verdicts)


def repeats(upper: str, lower: str) -> bool:
    """Whether the lower line has a character of the upper one; a comma inside is none."""
    return bool((set(upper) & set(lower)) - set(PUNCTUATION))


def opposed(upper: str, lower: str, prosody: Prosody) -> Counted:
    """Places of a couplet whose tones are opposed; lines of two lengths have none."""
    if len(upper) != len(lower) or not upper:
        return 0, 0
    verdicts = [prosody.opposed(upper[i], lower[i]) for i in places(len(upper))]
    return sum(verdict is True for verdict in verdicts), sum(verdict is not None for verdict in verdicts)


def share(counts: Iterable[Counted]) -> float:
    """The share of all places together; 0 where nothing can be said."""
    held = known = 0
    for a, b in counts:
        held, known = held + a, known + b
    return held / known if known else 0.0


def couplets_of(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Upper and lower lines of a poem."""
    return list(zip(lines[::2], lines[1::2], strict=False))


def rates(poems: Sequence[Sequence[str]], prosody: Prosody) -> dict[str, float]:
    """Of poems as lines: how often even lines rhyme, and tones of couplets are opposed."""
    return {
        "rhyming": share(rhyming(lines, prosody) for lines in poems),
        "tones_opposed": share(opposed(a, b, prosody) for lines in poems for a, b in couplets_of(lines)),
    }
