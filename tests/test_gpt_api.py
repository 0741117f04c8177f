"""The writing tabs as programs see them: text over HTTP, and bad input of every kind as one sentence."""

import json
import math
import re

import pytest
from api import Api, small

from aigc_demo.services import cards

WRITING = ("gpt_write", "gpt_surgery")
PUBLIC = [name + kind for name in WRITING for kind in ("", "_save", "_python")]


def always(api):
    """The same text is written."""
    return api.good("gpt_write")[0]["text"]


def tokens(value):
    """Every token that was written."""
    return [token for part in value["parts"] for token in json.loads(part)["tokens"]]


def test_these_endpoints_are_public(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    mine = {name for name in found if re.match(r"/gpt_(write|surgery)", name)}
    assert mine == {f"/{name}" for name in PUBLIC}


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    """Arguments by name, as the API page shows them."""
    values = {**small(endpoint), **({"format": "txt"} if endpoint.endswith("_save") else {})}
    found = program.predict(api_name=f"/{endpoint}", **values)
    if endpoint.endswith("_save"):
        assert found["name"].endswith("-7.txt") and found["file"]["url"].endswith(found["name"])
    elif endpoint.endswith("_python"):
        assert "aigc_demo" in found["ours"] and "to_library" in found["library"]
    elif endpoint == "gpt_write":
        assert len(found["text"]) == 5 and found["badge"]["state"] == "live"
    else:
        assert len(found[0]["candidates"]) == 12 and found[1]["state"] == "live"


def test_the_text_streams(api):
    address = api.start("gpt_write", list({**small("gpt_write"), "length": 120}.values()))
    seen = [json.loads(data)[0] for data in re.findall(r"event: generating\ndata: (.*)", api.client.get(address).text)]
    texts = [value["text"] for value in seen]
    assert len(set(texts)) >= 3 and len(texts[-1]) == 120
    assert all(longer.startswith(shorter) for shorter, longer in zip(texts, texts[1:], strict=False))


def test_every_token_comes_with_its_odds(api):
    value = api.good("gpt_write", length=30)[0]
    found = tokens(value)
    assert "".join(token[0] for token in found) == value["text"]
    for text, p, chance, entropy, rivals in found:
        shares = rivals[1::2]
        assert 0 < p <= 1 and 0 < chance <= 1 and entropy >= 0 and len(text) == 1
        assert shares == sorted(shares, reverse=True) and sum(shares) <= 1.001


def test_temperature_zero_asks_no_seed(api):
    values = {"temperature": 0, "top_k": 0, "top_p": 0, "length": 20}
    assert len({api.good("gpt_write", seed=seed, **values)[0]["text"] for seed in (1, 2)}) == 1


def test_what_does_not_fit_is_said(api):
    value = api.good("gpt_write", prompt="What is the city but the people? " * 30)[0]
    assert value["cut"] == 33 * 30 - 256 and len(json.loads(value["prompt"])) == 256


def test_the_lstm_reads_all_of_it(api):
    value = api.good("gpt_write", prompt="What is the city but the people? " * 30, model="lstm-shakespeare")[0]
    assert value["cut"] == 0 and len(json.loads(value["prompt"])) == 990


@pytest.mark.parametrize("endpoint", WRITING)
@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, endpoint, kind):
    saved = api.good(f"{endpoint}_save", format=kind)[0]
    file = tmp_path / saved["name"]
    answer = api.client.get(saved["file"]["url"])
    file.write_bytes(answer.content)
    card = cards.read(file)
    assert card.use_case == endpoint and len(card.sha256) == 64
    assert {name: card.values[name] for name in small(endpoint)} == small(endpoint)
    if kind == "html":
        assert "attachment" in answer.headers["content-disposition"]  # never shown as a page of this host


NONSENSE = [math.nan, math.inf, -math.inf, 1e12, 10**9, 10**400, True, "7", "", None, [], [1], {}]


@pytest.mark.parametrize("field", ["temperature", "length", "top_k", "top_p", "min_p", "repetition"])
def test_no_number_is_taken_on_trust(api, field):
    for value in NONSENSE:
        words = api.bad("gpt_write_python", **{field: value})
        assert "must be" in words or "is empty" in words, (field, value)


UNKNOWN = "This model does not know these characters: "


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("", "There is no text yet."),
        ("😀", UNKNOWN + "😀."),
        ("مرحبا", UNKNOWN + "م, ر, ح, ب, ا."),
        ("\u202eROMEO", UNKNOWN + "RIGHT-TO-LEFT OVERRIDE."),
        ("a\x07b", UNKNOWN + "U+0007."),
        ("ROMÉO", UNKNOWN + "É → E."),
        ("落霞与孤鹜齐飞", UNKNOWN + "落, 霞, 与, 孤, 鹜."),
        ("x" * 4001, "at most 4000 characters, got 4001."),
        (["a"], "must be text"),
        (7, "must be text"),
        (None, "must be text"),
        ({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, "was not uploaded here"),
    ],
    ids=["empty", "emoji", "right to left", "override", "bell", "accent", "chinese", "long", "list", "number", "none"]
    + ["file"],
)
@pytest.mark.parametrize("endpoint", WRITING)
def test_a_bad_beginning_is_one_sentence(api, endpoint, prompt, words):
    assert words in api.bad(endpoint, prompt=prompt)


def test_markup_is_a_text_that_the_model_does_not_know(api):
    words = api.bad("gpt_write", prompt="<img src=x onerror=alert(1)>${alert(2)}{{3}}")
    assert words.startswith(UNKNOWN) and "<" not in words and "‹" in words


def test_lengths_beyond_every_bound_are_refused(api):
    assert "must be between 1 and 1000, got 1000000000." in api.bad("gpt_write", length=10**9)
    assert "must be between 1 and 1000, got 0." in api.bad("gpt_write", length=0)


def test_models_and_formats_are_those_of_the_list(api):
    assert "must be one of gpt-shakespeare" in api.bad("gpt_write", model="diffusion-digits")
    assert "must be one of txt, html, png, json, got gif." in api.bad("gpt_write_save", format="gif")


@pytest.mark.parametrize("position", [0, 1, 15, 16, 4000])
def test_any_place_of_the_text_has_its_odds(api, position):
    value = api.good("gpt_surgery", position=position)[0]
    assert value["position"] == max(1, min(15, position))
    assert value["actual"] == "ROMEO:\nBut soft"[value["position"] : value["position"] + 1]
    for row in range(1, 6):
        shares = [column[row] for column in (*value["candidates"], value["rest"])]
        assert 0 < sum(shares) <= 1.001


def test_one_candidate_is_left_at_temperature_zero(api):
    value = api.good("gpt_surgery", temperature=0, top_k=0, top_p=0)[0]
    assert [column[5] for column in value["candidates"]] == [1.0] + [0.0] * 11 and value["rest"][5] == 0


def test_chinese_sentences(app_url, client):
    api = Api(app_url, client, "zh")
    assert "É → E" in api.bad("gpt_write", prompt="ROMÉO")
    assert "还没有文字" in api.bad("gpt_surgery", prompt="")
