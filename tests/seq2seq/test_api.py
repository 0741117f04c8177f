"""The couplet tab as programs see it: every endpoint of the family over HTTP, and bad input of every kind."""

import math

import pytest
from api import SMALL, Api, answered, small

from aigc_demo.services import cards

ASKED = [name for name in SMALL if name.startswith("seq2seq_")]


def always(api):
    """The same line is answered."""
    return api.good("seq2seq_pair")[1]["replies"]


@pytest.mark.parametrize("endpoint", ASKED)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    result = answered(program, endpoint)
    assert result["parameters"] > 10**6
    if endpoint == "seq2seq_pair":
        assert len(result["replies"]) == 3
    else:
        assert result["same"] is True and len(result["layers"]) > 20


def test_the_headline_is_answered(api):
    found = api.good("seq2seq_pair", upper="落霞与孤鹜齐飞")[1]
    assert found["upper"] == "落霞与孤鹜齐飞" and found["truth"]["reply"]["text"] == "秋水共长天一色"
    for reply in found["replies"]:
        assert len(reply["text"]) == 7 and not set(reply["text"]) & set(found["upper"])


def test_asked_tones_are_opposed(api):
    found = api.good("seq2seq_pair", tones="regular")[1]
    assert found["replies"] and all(False not in reply["agree"] for reply in found["replies"])


@pytest.mark.parametrize("kind", ["txt", "html", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, kind):
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(api.file("seq2seq_pair", format=kind))
    card = cards.read(file)
    assert card.use_case == "seq2seq_pair" and len(card.sha256) == 64
    assert card.values == {name: value for name, value in small("seq2seq_pair").items() if name != "format"}


@pytest.mark.parametrize(
    ("upper", "words"),
    [
        ("", "There is no upper line yet."),
        (" \n\t", "There is no upper line yet."),
        ("月", "One character is no line."),
        ("明月" * 11, "has 22 characters; at most 20"),
        ("明" * 401, "at most 400 characters"),
        ("明月鬆間照", "鬆 → 松, 間 → 间"),
        ("明月🌙", "🌙"),
        ("שלום עולם", "does not know these characters: ש"),
        ("明月\u0000照", "does not know these characters"),
        ("<img src=x onerror=alert(1)>", "does not know these characters: ‹, i, m, g"),
        ("␂␂␂", "does not know these characters: ␂"),
        (7, "must be text, got 7."),
        (None, "must be text"),
        (["明月"], "must be text"),
    ],
)
def test_a_line_that_cannot_be_answered_is_one_sentence(api, upper, words):
    for endpoint in ("seq2seq_pair", "seq2seq_beside"):
        assert words in api.bad(endpoint, upper=upper)


NONSENSE = [math.nan, math.inf, -math.inf, 10**9, 10**400, True, "seven", "", None, [], {}]


def test_no_number_is_taken_on_trust(api):
    for field in ("temperature", "lines", "beam", "apart", "seed"):
        for value in NONSENSE:
            if field == "seed" and value == 10**9:
                continue
            words = api.bad("seq2seq_pair", **{field: value})
            assert "must be" in words or "is empty" in words


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("tones", "loud", "must be one of free, regular, every, pattern, got loud."),
        ("way", "guess", "must be one of beam, draw, got guess."),
        ("repeats", "", "must be one of"),
        ("lines", 13, "must be between 1 and 12, got 13."),
        ("pattern", "平" * 41, "at most 40 characters"),
    ],
)
def test_sentences_say_what_to_do(api, field, value, words):
    assert words in api.bad("seq2seq_pair", **{field: value})


def test_a_pattern_that_does_not_fit_is_refused(api):
    words = api.bad("seq2seq_pair", tones="pattern", pattern="<b>平</b>")
    assert "must be 5 of 平, 仄 and 中" in words


def test_chinese_sentences(app_url, client):
    api = Api(app_url, client, "zh")
    assert "一个字还不成句" in api.bad("seq2seq_pair", upper="月")
    assert "鬆 → 松" in api.bad("seq2seq_pair", upper="明月鬆間照")
