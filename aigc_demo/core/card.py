"""The run card: everything needed to make a result again, kept inside the saved file.

A card is JSON: {"aigc_demo": 1, "use_case": "diffusion_draw", "values": {...}, "checkpoint": id,
"sha256": of the weights, "versions": {...}}. PNG carries it as an iTXt chunk, GIF as a comment, MP4 in its comment tag;
a .json file is the card itself.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from aigc_demo.core.errors import BadFileError

VERSION = "0.1.0"  # of the project, as in pyproject.toml
FORMAT = 1  # of the card
LIMIT = 2_000_000  # characters of a card: more than any request can hold
WIDTH = 72  # characters of a line


@dataclass(frozen=True)
class Card:
    use_case: str  # name of the HTTP endpoint, "<stem>_<use case>"
    values: dict[str, Any]  # the request's fields
    checkpoint: str = ""  # catalogue id
    sha256: str = ""  # of the weights file
    versions: dict[str, str] | None = None  # of the libraries that took part

    def to_json(self) -> str:
        """The card as one line of JSON, with the version of its format as "aigc_demo"."""
        plain = {
            "aigc_demo": FORMAT,
            "use_case": self.use_case,
            "values": self.values,
            "checkpoint": self.checkpoint,
            "sha256": self.sha256,
            "versions": self.versions or {},
        }
        return json.dumps(plain, ensure_ascii=False)

    def to_lines(self) -> str:
        """The same as short lines of ASCII without <, > and &: what editors and mail programs leave as it is.

        No line begins or ends with a space: stripped and joined, they are the JSON.
        """
        plain = json.dumps(json.loads(self.to_json()), separators=(",", ":"))
        for sign in "<>&":
            plain = plain.replace(sign, f"\\u{ord(sign):04x}")
        lines = (plain[start : start + WIDTH] for start in range(0, len(plain), WIDTH))
        return "\n".join(re.sub("^ | $", r"\\u0020", line) for line in lines)  # all spaces are inside strings

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Read a card; BadFileError when it is not one. Values are checked later, by the request they belong to."""
        try:
            plain = json.loads(text) if len(text) <= LIMIT else None
        except (ValueError, RecursionError):
            plain = None
        if not isinstance(plain, dict) or "aigc_demo" not in plain:
            raise BadFileError("no_card")
        card = cls(
            plain.get("use_case", ""),
            plain.get("values", {}),
            plain.get("checkpoint", ""),
            plain.get("sha256", ""),
            plain.get("versions", {}),
        )
        texts = (card.use_case, card.checkpoint, card.sha256)
        if plain["aigc_demo"] != FORMAT or not all(isinstance(text, str) for text in texts):
            raise BadFileError("broken_card")
        if not isinstance(card.values, dict) or not isinstance(card.versions, dict):
            raise BadFileError("broken_card")
        return card
