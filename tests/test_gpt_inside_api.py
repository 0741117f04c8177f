"""The tabs that look inside the GPT as programs see them: every endpoint over HTTP, and bad input of every kind."""

import base64
import json
import math
from pathlib import Path

import gradio_client
import pytest
from api import SMALL, Api, small

from aigc_demo.services import cards

INSIDE = ("gpt_attention", "gpt_lstm", "gpt_cache", "gpt_beside")
SAVED = {"gpt_lstm": "txt html png json", "gpt_cache": "txt html png json", "gpt_beside": "txt html png json"}
PUBLIC = [
    *(name + kind for name in INSIDE for kind in ("", "_save", "_python")),
    *("gpt_tune", "gpt_tune_save", "gpt_tune_python"),
]
TEXT = SMALL["gpt_tune"]["text"]


def always(api):
    """The same text is looked at."""
    return api.good("gpt_attention")[0]


def test_these_are_all_public_endpoints(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    mine = {name for name in found if any(name.startswith(f"/{one}") for one in (*INSIDE, "gpt_tune"))}
    assert mine == {f"/{name}" for name in PUBLIC}


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(app_url, endpoint):
    """Arguments by name, as the API page shows them."""
    program = gradio_client.Client(app_url, verbose=False, download_files=False, analytics_enabled=False)
    values = small(endpoint)
    if endpoint == "gpt_tune_save":
        values["format"] = "json"
    found = program.predict(api_name=f"/{endpoint}", **values)
    if endpoint.endswith("_save"):
        assert Path(found["name"]).suffix in (".png", ".json") and found["file"]["url"].endswith(found["name"])
    elif endpoint.endswith("_python"):
        assert "aigc_demo" in found["ours"] and "torch" in found["library"]
    else:
        assert found[-1]["state"] == "live"


def test_attention_comes_as_one_small_array(api):
    found = api.good("gpt_attention")[0]
    count = len(found["text"])
    weights = base64.b64decode(found["weights"])
    assert len(weights) == found["layers"] * found["heads"] * count * (count + 1) // 2
    assert len(found["weights"]) < 150_000


def test_the_same_request_gives_the_same_texts(api):
    one, two = (api.good("gpt_lstm")[0] for _ in range(2))
    assert one["gpt"]["text"] == two["gpt"]["text"] and one["lstm"]["text"] == two["lstm"]["text"]
    assert len(one["gpt"]["text"]) == SMALL["gpt_lstm"]["length"] and one["strip"]["cells"] and one["fading"]


def test_the_cache_changes_no_character(api):
    found = api.good("gpt_cache")[0]
    assert found["same"] is True and len(found["with"]) == len(found["without"]) == SMALL["gpt_cache"]["length"]


def test_ours_and_transformers_agree_and_a_mistake_is_found(api):
    view, verdict, layers = api.good("gpt_beside")[:3]
    assert view["ours"] == view["theirs"] and verdict["good"] and layers["mark"] is None
    view, verdict, layers = api.good("gpt_beside", mistake="wrong_scaling")[:3]
    assert not verdict["good"] and "blocks.0.attention.out" in verdict["words"]
    assert layers["rows"][layers["mark"]][0] == "blocks.0.attention.out"


def test_a_training_learns_and_its_token_stays_inside(api):
    found = api.good("gpt_tune")[0]
    assert found["step"] >= 1 and found["held"][0][0] == 0 and found["samples"][-1][0] == found["step"]
    assert "token" not in json.dumps(found)


@pytest.mark.parametrize("endpoint", SAVED)
@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, endpoint, kind):
    saved = api.good(f"{endpoint}_save", format=kind)[0]
    file = tmp_path / saved["name"]
    file.write_bytes(api.client.get(saved["file"]["url"]).content)
    card = cards.read(file)
    assert card.use_case == endpoint and len(card.sha256) == 64
    assert {name: card.values[name] for name in small(endpoint)} == small(endpoint)


NONSENSE = [math.nan, math.inf, 1e12, 10**9 + 0.5, -5.5, 10**400, True, "7", None, [], {}]


@pytest.mark.parametrize(("endpoint", "field"), [("gpt_cache", "length"), ("gpt_lstm", "seed"), ("gpt_tune", "rate")])
def test_no_number_is_taken_on_trust(api, endpoint, field):
    answers = [api.bad(endpoint, **{field: value}) for value in NONSENSE]
    assert all("must be" in words or "is empty" in words for words in answers)


@pytest.mark.parametrize("endpoint", INSIDE)
@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("", "There is no text yet"),
        ("<script>alert(1)</script> \N{PILE OF POO}", "does not know these characters"),
        ("שלום", "does not know these characters"),
        ("a\0b", "does not know these characters"),
        ("a" * 100_000, "at most 4000 characters"),
        (None, "must be text"),
    ],
    ids=["empty", "script", "right to left", "control", "long", "null"],
)
def test_a_bad_prompt_is_one_sentence(api, endpoint, prompt, words):
    assert words in api.bad(endpoint, prompt=prompt)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": ""}, "There is no text to train on"),
        ({"text": "a"}, "training needs 200 at least"),
        ({"text": "\0\1\2" * 200}, "not a text"),
        ({"text": "天地玄黄" * 100}, "that the model does not know"),
        ({"text": "a" * 1_000_001}, "at most 1000000 characters"),
        ({"text": 7}, "must be text"),
        ({"model": "lstm-shakespeare"}, "must be one of"),
    ],
    ids=["empty", "one", "binary", "chinese", "long", "number", "lstm"],
)
def test_a_bad_text_is_one_sentence(api, values, words):
    assert words in api.bad("gpt_tune", **values)


def test_chinese_sentences(app_url, client):
    api = Api(app_url, client, "zh")
    assert "200" in api.bad("gpt_tune", text="a")
    assert "瞎" not in api.bad("gpt_lstm", prompt="")
