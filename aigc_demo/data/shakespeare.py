"""Plays of Shakespeare in one file of 1,115,394 characters, 65 of them different: "tiny Shakespeare".

The first 90 % are to learn from, the last 10 % to measure on: the split that everybody uses.
"""

from pathlib import Path

FILE = "tinyshakespeare.txt"


def load(folder: Path, split: str) -> str:
    """The text of `split`, "train" or "test"."""
    text = (folder / FILE).read_text(encoding="utf-8")
    cut = int(0.9 * len(text))
    return text[:cut] if split == "train" else text[cut:]


def characters(folder: Path) -> str:
    """Every character that occurs, in their order."""
    return "".join(sorted(set((folder / FILE).read_text(encoding="utf-8"))))
