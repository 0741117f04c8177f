"""Texts as files: whatever was written is only ever text, and every file gives its card back."""

import html
import json
import re

import pytest

from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadFileError, BadRequestError, UnavailableError
from aigc_demo.core.steps import Step
from aigc_demo.services import cards, text_saving
from aigc_demo.services.text_saving import FORMATS, Document, Part, encode, save

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


def test_the_file_comes_with_the_last_step():
    made = [Step(1, 2, document("a")), Step(2, 2, document("a", "b"))]
    steps = list(save(lambda _: iter(made), None, "txt", CARD))
    assert [step.value is None for step in steps] == [True, True, False]
    assert steps[-1].value == encode(document("a", "b"), "txt", CARD)


def test_another_format_is_refused_before_anything_is_made():
    with pytest.raises(BadRequestError, match="must be one of txt, html, png, json"):
        next(save(lambda _: pytest.fail("made"), None, "pdf", CARD))


def test_a_file_without_a_card_is_one_sentence(tmp_path):
    for number, words in enumerate(
        [b"", b"just words", b"{}", b"{", b"[" * 3000, b"<!doctype html><p>", b"\x00\xff" * 9]
    ):
        file = tmp_path / f"{number}.txt"
        file.write_bytes(words)
        with pytest.raises(BadFileError, match="no run card"):
            cards.read(file)
