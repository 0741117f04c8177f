"""Texts as files that carry their run card: txt, html, png, json. Shared by every family whose result is a text.

    document = Document("ROMEO: ...", parts=(Part("ROMEO:\n", given=True), Part("But", p=0.4), ...))
    encode(document, "html", card)      -> the file's bytes

txt     the text, then the line media.RULE and the lines of the card
html    self-contained: text tinted by probability, escaped; the card in a <script type="application/json">
png     typeset with Pillow in a font of this machine that has the text's characters
json    {"text": ..., "parts": [{"text", "given", "p", "note"}], "card": {...}}

All four are read back by `services.cards.read`. Whatever a person or a model wrote is escaped: nothing of it is markup.
"""

import html
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError, UnavailableError
from aigc_demo.core.params import short
from aigc_demo.data import media

FORMATS = ("txt", "html", "png", "json")
GLOW, WATER, INK, MIST = "#C8452B", "#1F6F8B", "#1F2430", "#6C675B"
PAPER = (0xFB, 0xF8, 0xF3)
TINT = 0.46  # of the accent, behind what was least likely
FONTS = (  # with Chinese; those that the usual systems have
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "msyh.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "simhei.ttf",
)
SIZE, LEADING, MARGIN, WIDTH = 28, 44, 56, 1080  # pixels of a picture
LINES = 400  # of a picture, at most


@dataclass(frozen=True)
class Part:
    text: str
    given: bool = False  # it is the person's, not the model's
    p: float | None = None  # what the model gave it; None: no tint
    note: str = ""  # what is said when one points at it


@dataclass(frozen=True)
class Document:
    title: str
    parts: tuple[Part, ...]
    boxes: bool = False  # a picture has a box for every character that the font has not, where those mean nothing

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def strength(p: float | None) -> float:
    """How strongly a piece is tinted: 0 for what was certain, 1 for one in a thousand and less."""
    return 0.0 if p is None else min(1.0, max(0.0, -math.log10(max(p, 1e-9)) / 3))


def encode(document: Document, format: str, card: Card) -> bytes:
    if format == "txt":
        return f"{document.text}\n\n{media.RULE}\n{card.to_lines()}\n".encode()
    if format == "html":
        return page(document, card).encode()
    if format == "png":
        return media.png(picture(document), card.to_json())
    if format == "json":
        parts = [asdict(part) for part in document.parts]
        plain = {"text": document.text, "parts": parts, "card": json.loads(card.to_json())}
        return json.dumps(plain, ensure_ascii=False).encode()
    raise BadRequestError("choice", field="format", options=", ".join(FORMATS), value=short(format))


# html --------------------------------------------------------------------------------------------------------------


PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0; background: #FBF8F3; color: #1F2430; font: 18px/1.65 system-ui, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; }}
main {{ max-width: 44em; margin: 0 auto; padding: 32px 20px; }}
h1 {{ font-size: 18px; color: #6C675B; font-weight: 600; }}
p {{ white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }}
i {{ font-style: normal; color: #1F6F8B; }}
</style></head><body><main><h1>{title}</h1>
<p>{body}</p></main>
<script type="application/json" id="{key}">
{card}
</script>
</body></html>
"""


def page(document: Document, card: Card) -> str:
    """The document as a page that needs nothing else."""
    body = "".join(map(span, document.parts))
    return PAGE.format(title=html.escape(document.title), body=body, key=media.KEY, card=card.to_lines())


def span(part: Part) -> str:
    """A piece of the text as escaped HTML."""
    tint = strength(part.p)
    name = "i" if part.given else "span"
    style = f' style="background:rgba(200,69,43,{TINT * tint:.2f})"' if tint >= 0.01 and not part.given else ""
    note = f' title="{html.escape(part.note)}"' if part.note else ""
    return f"<{name}{style}{note}>{html.escape(part.text)}</{name}>"


# png ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def font() -> Any:
    """A font with Chinese if this machine has one, else Pillow's own, which has the Latin letters."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, SIZE)
        except OSError:
            continue
    return ImageFont.load_default(SIZE)


def drawable(text: str, letters: Any) -> bool:
    """Whether the font has every character of the text: one that is missing looks like one that cannot exist."""
    absent = bytes(letters.getmask("\U0010fffd"))
    return all(not sign.strip() or bytes(letters.getmask(sign)) != absent for sign in set(text))


def boxed(document: Document, letters: Any) -> Document:
    """The document with a box for every character that the font has not."""
    box = "□" if drawable("□", letters) else "?"
    absent = {ord(sign): box for sign in set(document.text) if not drawable(sign, letters)}
    return replace(document, parts=tuple(replace(part, text=part.text.translate(absent)) for part in document.parts))


def picture(document: Document) -> Image.Image:
    """The document typeset; UnavailableError where no font of this machine has its characters."""
    letters = font()
    document = boxed(document, letters) if document.boxes else document
    if not drawable(document.text, letters):
        raise UnavailableError("no_font")
    rows = list(lines(document.parts, letters))[:LINES]
    sheet = Image.new("RGB", (WIDTH, 2 * MARGIN + LEADING * (len(rows) + 1)), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN - LEADING // 2), document.title, fill=MIST, font=letters)
    for number, row in enumerate(rows, start=1):
        top = MARGIN + number * LEADING
        for left, width, _, part in row:
            if not part.given:
                pen.rectangle((left, top - 2, left + width, top + LEADING - 8), fill=tinted(strength(part.p)))
        for left, _, sign, part in row:
            pen.text((left, top), sign, fill=WATER if part.given else INK, font=letters)
    return sheet


def tinted(share: float) -> tuple[int, int, int]:
    """The paper with so much of the accent."""
    accent = (0xC8, 0x45, 0x2B)
    red, green, blue = (round(a + (b - a) * TINT * share) for a, b in zip(PAPER, accent, strict=True))
    return red, green, blue


Placed = tuple[float, float, str, Part]  # left, width, character, whose it is


def lines(parts: tuple[Part, ...], letters: Any) -> Iterator[list[Placed]]:
    """Characters with their places, line by line; a word that does not fit goes to the next line."""
    row: list[Placed] = []
    left, edge = float(MARGIN), WIDTH - MARGIN
    for part in parts:
        for sign in part.text:
            if sign == "\n":
                yield row
                row, left = [], float(MARGIN)
                continue
            width = letters.getlength(sign)
            if left + width > edge and row:
                kept, row = broken(row)
                yield kept
                shift = (row[0][0] if row else left) - MARGIN
                row = [(place - shift, wide, character, owner) for place, wide, character, owner in row]
                left = row[-1][0] + row[-1][1] if row else float(MARGIN)
            row.append((left, width, sign, part))
            left += width
    yield row


def broken(row: list[Placed]) -> tuple[list[Placed], list[Placed]]:
    """A full line: what stays on it, and the unfinished word that does not."""
    last = max((i for i, placed in enumerate(row) if placed[2].isspace() or not placed[2].isascii()), default=-1)
    return (row[: last + 1], row[last + 1 :]) if last > 0 else (row, [])
