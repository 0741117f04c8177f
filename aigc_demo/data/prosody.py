"""Tone and rhyme of characters in classical verse, as the shipped table has them (assets/verse/prosody.json).

The tones of Middle Chinese, not of today: a character is level (平), oblique (仄) or, by its meaning, either. Two
characters rhyme when they share a group. data/tones.py makes the table out of poems; reading it needs no data set.
"""

import json
from dataclasses import dataclass
from pathlib import Path

LEVEL, OBLIQUE, EITHER, UNKNOWN = "平", "仄", "○", "？"
FILE = "verse/prosody.json"  # in the folder of assets
PUNCTUATION = "，。！？；、："


def places(length: int) -> list[int]:
    """Where the tones of a couplet are opposed, counted from 0: the second, fourth, sixth character, and the last."""
    return [i for i in (1, 3, 5) if i < length - 1] + [length - 1]


@dataclass(frozen=True)
class Prosody:
    tones: dict[str, str]  # character -> LEVEL, OBLIQUE or EITHER
    rhymes: dict[str, frozenset[int]]  # character -> the groups it rhymes within
    simplified: dict[str, str]  # traditional or unusual character -> the simplified one

    @classmethod
    def read(cls, assets: Path) -> "Prosody":
        """The table of tones and rhymes that ships in `assets`."""
        table = json.loads((assets / FILE).read_text(encoding="utf-8"))
        tones = {character: tone for tone, characters in table["tones"].items() for character in characters}
        groups: dict[str, set[int]] = {}
        for i, group in enumerate(table["rhymes"]):
            for character in group:
                groups.setdefault(character, set()).add(i)
        simplified = dict(zip(table["traditional"], table["simplified"], strict=True))
        return cls(tones, {character: frozenset(found) for character, found in groups.items()}, simplified)

    def tone(self, character: str) -> str:
        """LEVEL, OBLIQUE, EITHER or, where the table does not know the character, UNKNOWN."""
        return self.tones.get(character, UNKNOWN)

    def pattern(self, line: str) -> str:
        """The tone of every character of a line; a comma inside stays."""
        return "".join(character if character in PUNCTUATION else self.tone(character) for character in line)

    def rhyme(self, a: str, b: str) -> bool | None:
        """Whether two characters rhyme; each rhymes with itself. None where the table does not know one of them."""
        if a not in self.rhymes or b not in self.rhymes:
            return None
        return bool(self.rhymes[a] & self.rhymes[b])

    def opposed(self, upper: str, lower: str) -> bool | None:
        """Whether the tones of two characters are opposed; None where one is either, or unknown."""
        tones = {self.tone(upper), self.tone(lower)}
        return len(tones) == 2 if tones <= {LEVEL, OBLIQUE} else None

    def nearest(self, character: str, known: str) -> str | None:
        """What could be typed instead of a character, so that all of it is among `known`; None where nothing is."""
        plain = self.simplified.get(character)
        return plain if plain is not None and plain in known else None
