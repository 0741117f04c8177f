"""Run cards out of the files that people bring back."""

from pathlib import Path

from aigc_demo.core.card import Card
from aigc_demo.data import media


def read(path: Path) -> Card:
    """The card in a picture, animation, sound, text or JSON file; BadFileError when there is none or it is broken."""
    return Card.from_json(media.comment(path))
