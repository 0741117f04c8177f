"""The wall of a room: results that people post. The presenter sees each first, and shows or hides it."""

import io
import secrets
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from PIL import Image

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.core.params import short
from aigc_demo.data.picture_files import from_data_url
from aigc_demo.services.room.links import address, fitted
from aigc_demo.services.use_case import Json

WORDS = 120  # characters that somebody writes under a result
SIDE = 256  # pixels of a picture's longer side
SENT = 400_000  # characters of a picture as it is sent
CRISP = 64  # pixels of a side up to which a picture is kept without loss


@dataclass
class Post:
    """picture: a PNG or WebP file, b"" without one."""

    id: str
    person: str
    tab: str
    values: dict[str, Any]
    words: str
    picture: bytes
    shown: bool = False

    def plain(self) -> Json:
        """As it is told to the page; the link opens the same state."""
        card = Card(self.tab, self.values)
        return {
            "id": self.id,
            "tab": self.tab,
            "link": address(self.tab, self.values),
            "words": self.words,
            "picture": bool(self.picture),
            "shown": self.shown,
            "card": card.to_json(),
        }


def made(person: str, sent: Mapping[str, Any], tabs: Set[str]) -> Post:
    """A post out of {"tab", "values", "words", "picture"}; UserError says what is wrong with it."""
    tab, values, words, picture = (sent.get(name) for name in ("tab", "values", "words", "picture"))
    if not isinstance(tab, str) or tab not in tabs:
        raise BadRequestError("unknown_family", name=short(tab))
    if not isinstance(values, dict) or len(values) > 100:
        raise BadRequestError("room.post_values")
    if not isinstance(words or "", str) or len(words or "") > WORDS:
        raise BadRequestError("room.post_words_long", most=WORDS)
    carried = {name: value for name, value in values.items() if len(str(value)) <= 2000}
    kept = fitted(tab, carried)
    return Post(secrets.token_urlsafe(12), person, tab, kept, (words or "").strip(), small(picture))


def small(url: Any) -> bytes:
    """A "data:image/..." text as a small file without anything but its pixels; b"" for none."""
    if not url:
        return b""
    if not isinstance(url, str) or len(url) > SENT:
        raise BadFileError("not_a_picture")
    picture = from_data_url(url)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    file = io.BytesIO()
    if max(picture.size) <= CRISP:
        picture.save(file, "PNG")
    else:
        picture.save(file, "WEBP", quality=80, method=2)
    return file.getvalue()
