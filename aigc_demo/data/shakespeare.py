"""Plays of Shakespeare in one file of 1,115,394 characters, 65 of them different: "tiny Shakespeare".

The first 90 % are to learn from, the last 10 % to measure on: the split that everybody uses.
"""

import gzip
from importlib import resources
from pathlib import Path

FILE = "tinyshakespeare.txt"


def load(folder: Path, split: str) -> str:
    """The text of `split`, "train" or "test"."""
    return part((folder / FILE).read_text(encoding="utf-8"), split)


def shipped(split: str) -> str:
    """As `load`, out of the packed file that ships with the project."""
    packed = resources.files("aigc_demo.data") / f"{FILE}.gz"
    return part(gzip.decompress(packed.read_bytes()).decode("utf-8"), split)


def part(text: str, split: str) -> str:
    """The first nine tenths of the plays for "train", else the last."""
    cut = int(0.9 * len(text))
    return text[:cut] if split == "train" else text[cut:]


def characters(folder: Path) -> str:
    """Every character that occurs, in their order."""
    return "".join(sorted(set((folder / FILE).read_text(encoding="utf-8"))))
