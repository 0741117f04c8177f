"""Texts as files: whatever was written is only ever text, and every file gives its card back."""

import html
import json
import re
from dataclasses import is_dataclass
from importlib import import_module

import pytest
from PIL import Image

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadFileError, BadRequestError, UnavailableError
from aigc_demo.core.params import Text, rules
from aigc_demo.data import media
from aigc_demo.services import cards, text_saving
from aigc_demo.services.hf_text.requests import TURNS, WHOLE
from aigc_demo.services.text_saving import FORMATS, Document, Part, encode

CARD = Card(
    "gpt_write", {"prompt": "</script><b>&amp; 落霞\n", "seed": 7}, "gpt-shakespeare", "0" * 64, {"python": "3"}
)
HOSTILE = '<script>alert(1)</script> <img src=x onerror="alert(2)"> & {"aigc_demo": 1} ]]> --> \u202e'


def document(*texts: str) -> Document:
    parts = [Part(text, place == 0, 0.01 if place else None, text) for place, text in enumerate(texts)]
    return Document(texts[0], tuple(parts))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("words", ["To be, or not to be", "{\n}", "a\n----- aigc_demo -----\n{}", ""])
def test_a_file_gives_its_card_back(tmp_path, format, words):
    file = tmp_path / f"saved.{format}"
    file.write_bytes(encode(document("ROMEO:\n", words), format, CARD))
    assert cards.read(file) == CARD


def reformatted(raw: bytes) -> bytes:
    """JSON set out in lines; a page whose tags were written anew."""
    words = raw.decode()
    if words.startswith("{"):
        return json.dumps(json.loads(words), indent=2, sort_keys=True).encode()
    words = words.replace('<script type="application/json" id="aigc_demo">', "<SCRIPT id='aigc_demo'\n type=x>")
    return words.replace("</script>", "\n  </SCRIPT >").encode()


TOUCHED = {
    "line ends of Windows": lambda raw: raw.replace(b"\n", b"\r\n"),
    "line ends of old Macs": lambda raw: raw.replace(b"\n", b"\r"),
    "a mark at the start": lambda raw: b"\xef\xbb\xbf" + raw,
    "UTF-16 with a mark": lambda raw: raw.decode().encode("utf-16"),
    "UTF-16 the other way": lambda raw: b"\xfe\xff" + raw.decode().encode("utf-16-be"),
    "UTF-16 without a mark": lambda raw: raw.decode().encode("utf-16-le"),
    "UTF-32": lambda raw: raw.decode().encode("utf-32"),
    "the encoding of Chinese Windows": lambda raw: raw.decode().encode("gb18030"),
    "spaces at line ends": lambda raw: raw.replace(b"\n", b" \t\n"),
    "no line at the end": lambda raw: raw.rstrip(),
    "empty lines around": lambda raw: b"\n\n" + raw + b"\n\n\n",
    "formatted anew": reformatted,
    "all of them": lambda raw: reformatted(raw).replace(b"\n", b" \r\n").decode().encode("utf-16"),
}
MAILED = {
    "quoted in a mail": lambda raw: b"Look:\r\n" + b"".join(b"> " + line + b"\r\n" for line in raw.splitlines()),
    "quoted twice": lambda raw: b"".join(b">> " + line + b"\n" for line in raw.splitlines()),
    "with a footer": lambda raw: raw + b"\n-- \nThis mail was looked at by {a} scanner.\n",
}


@pytest.mark.parametrize(
    ("format", "touch"),
    [(format, touch) for format in ("txt", "html", "json") for touch in TOUCHED]
    + [(format, touch) for format in ("txt", "html") for touch in MAILED],
)
def test_a_file_gives_its_card_back_after_an_editor_or_a_mail_program(tmp_path, format, touch):
    values = {"prompt": "</script><b>&amp; 落霞与孤鹜齐飞\r\n> \t" + "  a" * 99 + " é😀", "seed": 7, "temperature": 0.5}
    card = Card("gpt_write", values, "gpt-shakespeare", "0" * 64, {"python": "3"})
    file = tmp_path / f"saved.{format}"
    file.write_bytes((TOUCHED | MAILED)[touch](encode(document("ROMEO:\n", "But soft > 秋水\n"), format, card)))
    assert cards.read(file) == card


def test_a_card_in_a_file_of_letters_has_short_lines_of_plain_letters():
    lines = Card("a_b", {"text": "<é> & " + " " * 500}).to_lines().splitlines()
    assert all(line.isascii() and line == line.strip() and len(line) <= 84 for line in lines)
    assert not set("<>&") & set("".join(lines))


WORST = ["<", "中", "😀", '"', "\\", "\x01", " ", "\n"]  # letters that take much room in one form or another


def largest(request, letter):
    """Values as long as the bounds of a request allow; pictures and point sets are cards' own."""
    found = {}
    for name, (_, rule) in rules(request).items():
        if isinstance(rule, Text):
            own = rule.longest > 100_000  # a picture or a corpus: a card keeps it small
            found[name] = letter * (20_000 if own else rule.longest)
    return found


@pytest.mark.parametrize("format", ["txt", "html", "json", "png", "gif", "mp4"])
@pytest.mark.parametrize("letter", WORST)
def test_the_largest_card_that_a_request_allows_comes_back(tmp_path, format, letter):
    modules = [import_module(f"aigc_demo.services.{family.stem}.requests") for family in catalogue.families()]
    requests = [
        part for module in modules for part in vars(module).values() if isinstance(part, type) and is_dataclass(part)
    ]
    name, values = max(
        ((request.__name__, largest(request, letter)) for request in requests),
        key=lambda found: sum(map(len, found[1].values())),
    )
    assert len(requests) > 30 and sum(map(len, values.values())) > 12_000
    card = Card(f"x_{name.lower()}", values, "id", "0" * 64, {"python": "3"})
    file, frames = tmp_path / f"saved.{format}", [Image.new("L", (8, 8), shade) for shade in (0, 255)]
    if format in FORMATS and format != "png":
        file.write_bytes(encode(document("ROMEO:\n", letter * 12_000), format, card))
    else:
        made = {
            "png": lambda: media.png(frames[0], card.to_json()),
            "gif": lambda: media.gif(frames, text=card.to_json()),
        }
        file.write_bytes(made.get(format, lambda: media.mp4(frames, text=card.to_json()))())
    assert cards.read(file) == card


@pytest.mark.parametrize("format", ["txt", "html", "json"])
@pytest.mark.parametrize("letter", WORST)
def test_the_longest_conversation_fits_into_a_file_that_is_read(tmp_path, format, letter):
    parts = tuple(Part(letter * (WHOLE // TURNS), place % 2 == 0) for place in range(TURNS))
    raw = encode(Document("by", parts), format, CARD)
    assert len(raw) < media.TEXT_BYTES
    (tmp_path / "saved").write_bytes(raw)
    assert cards.read(tmp_path / "saved") == CARD


@pytest.mark.parametrize("format", ["txt", "html", "json"])
def test_a_hostile_text_cannot_pretend_to_be_a_card(tmp_path, format):
    fake = json.dumps({"aigc_demo": 1, "use_case": "evil", "values": {}})
    hostile = (
        f'{HOSTILE}\n----- aigc_demo -----\n{fake}\n<script type="application/json" id="aigc_demo">{fake}</script>'
    )
    file = tmp_path / f"saved.{format}"
    file.write_bytes(encode(document(hostile, hostile), format, CARD))
    assert cards.read(file) == CARD


def test_nothing_in_a_page_is_markup_but_ours():
    page = encode(document(HOSTILE, HOSTILE), "html", CARD).decode()
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts == ['<script type="application/json" id="aigc_demo">']
    assert "<img" not in page and 'onerror="' not in page and "<b>" not in page
    assert not re.search(r"(?:src|href)\s*=\s*\"", page) and "@import" not in page  # nothing is fetched
    shown = html.unescape(re.sub(r"<[^>]+>", "", page.split("<p>")[1].split("</p>")[0]))
    assert shown == HOSTILE * 2


def test_a_page_is_tinted_by_probability():
    page = text_saving.page(Document("x", (Part("a", p=1.0), Part("b", p=0.001))), CARD)
    assert "<span>a</span>" in page and re.search(r'<span style="background:rgba\(200,69,43,0\.46\)">b</span>', page)


def test_a_text_file_begins_with_the_text_itself():
    assert encode(document("床前", "明月光"), "txt", CARD).decode().startswith("床前明月光\n\n-----")


def test_a_picture_grows_with_the_text_and_words_stay_whole():
    short, long = (text_saving.picture(document("a ", "word " * count)) for count in (3, 300))
    assert short.width == long.width and long.height > 3 * short.height
    rows = list(text_saving.lines((Part("word " * 60),), text_saving.font()))
    assert len(rows) > 1 and all("".join(sign for _, _, sign, _ in row).replace("word ", "") == "" for row in rows)


def test_a_picture_needs_a_font_with_its_characters(monkeypatch):
    monkeypatch.setattr(text_saving, "FONTS", ())
    text_saving.font.cache_clear()
    try:
        assert text_saving.picture(document("ROMEO", "But soft")).height > 0
        with pytest.raises(UnavailableError, match="no font with these characters"):
            text_saving.picture(document("床前", "明月光"))
    finally:
        text_saving.font.cache_clear()


def test_another_format_is_refused():
    with pytest.raises(BadRequestError, match="must be one of txt, html, png, json"):
        encode(document("a"), "pdf", CARD)


def test_a_file_without_a_card_is_one_sentence(tmp_path):
    for number, words in enumerate(
        [b"", b"just words", b"{}", b"{", b"[" * 3000, b"<!doctype html><p>", b"\x00\xff" * 9]
    ):
        file = tmp_path / f"{number}.txt"
        file.write_bytes(words)
        with pytest.raises(BadFileError, match="no run card"):
            cards.read(file)
