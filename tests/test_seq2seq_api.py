"""The couplet tab as programs see it: every endpoint of the family over HTTP, and bad input of every kind."""

import math
from pathlib import Path

import pytest
from api import SMALL, Api, small

from aigc_demo.services import cards

ASKED = [name for name in SMALL if name.startswith("seq2seq_")]
PUBLIC = [*(name + kind for name in ASKED for kind in ("", "_python")), "seq2seq_pair_save"]


def always(api):
    """The same line is answered."""
    return api.good("seq2seq_pair")[0]


def test_these_are_all_public_endpoints(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    assert {name for name in found if name.startswith("/seq2seq_")} == {f"/{name}" for name in PUBLIC}


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    """Arguments by name, as the API page shows them."""
    found = program.predict(api_name=f"/{endpoint}", **small(endpoint))
    if endpoint.endswith("_save"):
        assert Path(found["name"]).suffix == ".png" and found["file"]["url"].endswith(found["name"])
    elif endpoint.endswith("_python"):
        assert "aigc_demo" in found["ours"] and "transformers" in found["library"]
    elif endpoint == "seq2seq_pair":
        assert len(found[0]["replies"]) == 3 and found[-1]["state"] == "live"
    else:
        assert found[0]["same"] is True and len(found[2]["rows"]) > 20


def test_the_headline_is_answered(api):
    found = api.good("seq2seq_pair", upper="落霞与孤鹜齐飞")[0]
    assert found["upper"] == "落霞与孤鹜齐飞" and found["truth"]["reply"]["text"] == "秋水共长天一色"
    for reply in found["replies"]:
        assert len(reply["text"]) == 7 and not set(reply["text"]) & set(found["upper"])


def test_asked_tones_are_opposed(api):
    found = api.good("seq2seq_pair", tones="regular")[0]
    assert found["replies"] and all(False not in reply["agree"] for reply in found["replies"])


@pytest.mark.parametrize("kind", ["txt", "html", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, kind):
    saved = api.good("seq2seq_pair_save", format=kind)[0]
    file = tmp_path / saved["name"]
    file.write_bytes(api.client.get(saved["file"]["url"]).content)
    card = cards.read(file)
    assert card.use_case == "seq2seq_pair" and len(card.sha256) == 64
    assert {name: card.values[name] for name in small("seq2seq_pair")} == small("seq2seq_pair")


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


NONSENSE = [math.nan, math.inf, -math.inf, 10**9, 10**400, True, "7", "", None, [], {}]


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
