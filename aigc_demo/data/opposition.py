"""Tones of a couplet: which places are judged, what is asked there, and whether a lower line does it.

Verse tells level tones (平) from oblique ones (仄). In a couplet those of the second, fourth and sixth character and of
the last one are opposed; in parallel prose the same is judged of every clause between commas.
"""

from aigc_demo.data.prosody import EITHER, LEVEL, OBLIQUE, UNKNOWN

OPPOSITE = {LEVEL: OBLIQUE, OBLIQUE: LEVEL}
ANY = "中"  # of a pattern: whichever tone
COMMA = "，"


def judged_places(line: str) -> tuple[int, ...]:
    """Every second place of a clause and its last one, counted from 0."""
    found, start = [], 0
    for clause in line.split(COMMA):
        found += [start + i for i in range(len(clause)) if i % 2 or i == len(clause) - 1]
        start += len(clause) + 1
    return tuple(found)


def asked_tones(upper: str, tones: str, kind: str, pattern: str = "") -> str | None:
    """The tone asked of every place under an upper line with these tones, or ANY; None where nothing is asked."""
    if kind == "free":
        return None
    if kind == "pattern":
        return pattern
    places = judged_places(upper) if kind == "regular" else range(len(upper))
    return "".join(OPPOSITE.get(tone, ANY) if i in places else ANY for i, tone in enumerate(tones))


def has_tone(asked: str, tone: str) -> bool:
    """Whether a character of this tone may stand where one is asked."""
    return asked not in OPPOSITE or tone in (asked, EITHER)


def agreement(upper: str, tones: str, lower_tones: str) -> tuple[bool | None, ...]:
    """At the judged places, whether the tones are opposed; None where one of them is unknown or may be both."""
    pairs = [(tones[i], lower_tones[i]) for i in judged_places(upper)]
    return tuple(None if {EITHER, UNKNOWN} & {a, b} else b == OPPOSITE.get(a) for a, b in pairs)
