"""Phrases and sentences of film reviews, by words.

A snippet is cut at its full stops, brackets, quotation marks and dashes, and what is longer than that also at its
commas; pieces of 3 to 14 words are kept. Every twentieth snippet is held out, with all of its pieces.
"""

import re
from itertools import pairwise
from pathlib import Path

from aigc_demo.data.sentences import split

LEAST, MOST = 3, 14  # words of a piece
EVERY = 20  # one snippet of so many is held out
STRONG = re.compile(r"(?<=[.!?…])\s+|\s*(?:[;:()\"–]|''|``|\s-\s|\.\.+|--+)\s*")
HANGING = {"and", "or", "but", "nor", "of", "the", "a", "an", "to", "in", "with", "for", "is", "by", "as", "at", "that"}


def pieces(snippet: str) -> list[tuple[str, ...]]:
    """The phrases of a snippet as words, each once."""
    found: dict[tuple[str, ...], None] = {}
    for sentence in STRONG.split(snippet):
        parts = sentence.split(", ")
        ends = [*pairwise(range(len(parts) + 1)), (0, len(parts))]
        for first, last in ends:
            words = split(", ".join(parts[first:last]), "words")
            while words and not words[-1][0].isalnum():
                words.pop()
            while words and not words[0][0].isalnum():
                words.pop(0)
            if not words or not LEAST <= len(words) <= MOST or words[-1] in HANGING:
                continue
            if last - first < len(parts) and words[0] in HANGING - {"the", "a", "an"}:
                continue  # the rest of a list, which does not stand alone
            found[tuple(words)] = None
    return list(found)


def load(folder: Path, part: str) -> list[tuple[str, ...]]:
    """The phrases of "train" or "test", each once, in the order of the file; those of the test are not in training."""
    snippets = (folder / "reviews.txt").read_text(encoding="utf-8").splitlines()
    kept = {
        name: dict.fromkeys(
            piece
            for i, snippet in enumerate(snippets)
            if (i % EVERY == 0) == (name == "test")
            for piece in pieces(snippet)
        )
        for name in ("train", "test")
    }
    return list(kept["train"]) if part == "train" else [piece for piece in kept["test"] if piece not in kept["train"]]
