"""The use cases of the GPT as programs see them: every endpoint over HTTP, files, and bad input of every kind."""

import base64
import json
import math
import re

import pytest
from api import SMALL, Api, answered, small

from aigc_demo.services import cards
from aigc_demo.services.use_case import requests_of

PUBLIC = [f"gpt_{use_case}" for use_case in requests_of("gpt")]
INSIDE = ("gpt_attention", "gpt_lstm", "gpt_cache", "gpt_beside")
WRITING = ("gpt_write", "gpt_surgery")
TEXTS = [name for name in PUBLIC if name not in ("gpt_attention", "gpt_tune")]  # saved as texts


def always(api):
    """The same text is written."""
    return api.good("gpt_write")[1]["text"]


def result(api, endpoint, **changes):
    """What a program is told."""
    return api.good(endpoint, **changes)[1]


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    assert answered(program, endpoint)["parameters"] > 1e6


def test_the_text_streams(api):
    address = api.start("gpt_write", list({**small("gpt_write"), "length": 120}.values()))
    events = re.findall(r"event: generating\ndata: (.*)", api.client.get(address).text)
    texts = [told["text"] for _, told in map(json.loads, events) if "text" in told]
    assert len(set(texts)) >= 3 and len(texts[-1]) == 120
    assert all(longer.startswith(shorter) for shorter, longer in zip(texts, texts[1:], strict=False))


def test_every_character_comes_with_its_odds(api):
    made = result(api, "gpt_write", length=30)
    assert len(made["text"]) == len(made["p"]) == 30 and made["speed"] > 0
    assert all(0 < p <= 1 for p in made["p"])


def test_temperature_zero_asks_no_seed(api):
    values = {"temperature": 0, "top_k": 0, "top_p": 0, "length": 20}
    assert len({result(api, "gpt_write", seed=seed, **values)["text"] for seed in (1, 2)}) == 1


def test_what_does_not_fit_is_said(api):
    assert result(api, "gpt_write", prompt="What is the city but the people? " * 30)["cut"] == 33 * 30 - 256


def test_the_lstm_reads_all_of_it(api):
    prompt = "What is the city but the people? " * 30
    made, told = api.good("gpt_write", prompt=prompt, model="lstm-shakespeare", format="txt")
    assert told["cut"] == 0 and api.client.get(made["url"]).text.startswith(prompt)


@pytest.mark.parametrize("endpoint", TEXTS)
@pytest.mark.parametrize("kind", ["txt", "html", "png", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, endpoint, kind):
    made, told = api.good(endpoint, format=kind)
    file = tmp_path / made["orig_name"]
    answer = api.client.get(made["url"])
    file.write_bytes(answer.content)
    card = cards.read(file)
    assert card.use_case == endpoint and len(card.sha256) == 64 and card.values == told["card"]["values"]
    asked = {name: value for name, value in small(endpoint).items() if name != "format"}
    assert card.values == asked
    if kind == "html":
        assert "attachment" in answer.headers["content-disposition"]  # never shown as a page of this host


NONSENSE = [math.nan, math.inf, -math.inf, 1e12, 10**9, 10**400, True, "seven", "", None, [], [1], {}]
NUMBERS = [("gpt_write", name) for name in ("temperature", "length", "top_k", "top_p", "min_p", "repetition")]


@pytest.mark.parametrize(
    ("endpoint", "field"), [*NUMBERS, ("gpt_cache", "length"), ("gpt_lstm", "seed"), ("gpt_tune", "rate")]
)
def test_no_number_is_taken_on_trust(api, endpoint, field):
    for value in [value for value in NONSENSE if field != "seed" or value != 10**9]:
        words = api.bad(endpoint, **{field: value})
        assert "must be" in words or "is empty" in words, value


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
@pytest.mark.parametrize("endpoint", [*WRITING, *INSIDE])
def test_a_bad_beginning_is_one_sentence(api, endpoint, prompt, words):
    assert words in api.bad(endpoint, prompt=prompt)


def test_markup_is_a_text_that_the_model_does_not_know(api):
    words = api.bad("gpt_write", prompt="<img src=x onerror=alert(1)>${alert(2)}{{3}}")
    assert words.startswith(UNKNOWN) and "<" not in words and "‹" in words


def test_lengths_models_and_formats_are_those_that_are_offered(api):
    assert "must be between 1 and 1000, got 1000000000." in api.bad("gpt_write", length=10**9)
    assert "must be between 1 and 1000, got 0." in api.bad("gpt_write", length=0)
    assert "must be one of gpt-shakespeare" in api.bad("gpt_write", model="diffusion-digits")
    assert "must be one of txt, html, png, json, got gif." in api.bad("gpt_write", format="gif")
    assert "must be one of safetensors, txt, json, got png." in api.bad("gpt_tune", format="png")


@pytest.mark.parametrize("position", [0, 1, 15, 16, 4000])
def test_any_place_of_the_text_has_its_odds(api, position):
    value = result(api, "gpt_surgery", position=position)
    assert value["position"] == max(1, min(15, position))
    assert value["actual"] == "ROMEO:\nBut soft"[value["position"] : value["position"] + 1]
    for row in range(1, 6):
        shares = [column[row] for column in (*value["candidates"], value["rest"])]
        assert 0 < sum(shares) <= 1.001


def test_one_candidate_is_left_at_temperature_zero(api):
    value = result(api, "gpt_surgery", temperature=0, top_k=0, top_p=0)
    assert [column[5] for column in value["candidates"]] == [1.0] + [0.0] * 11 and value["rest"][5] == 0


def test_attention_comes_as_one_small_array(api):
    found = result(api, "gpt_attention")
    count = len(found["text"])
    weights = base64.b64decode(found["weights"])
    assert len(weights) == found["layers"] * found["heads"] * count * (count + 1) // 2
    assert len(found["weights"]) < 150_000


def test_the_same_request_gives_the_same_texts(api):
    one, two = (result(api, "gpt_lstm") for _ in range(2))
    assert one["gpt"]["text"] == two["gpt"]["text"] and one["lstm"]["text"] == two["lstm"]["text"]
    assert len(one["gpt"]["text"]) == SMALL["gpt_lstm"]["length"] and one["strip"]["cells"] and one["fading"]


def test_the_cache_changes_no_character(api):
    found = result(api, "gpt_cache")
    assert found["same"] is True and len(found["with"]) == len(found["without"]) == SMALL["gpt_cache"]["length"]


def test_ours_and_transformers_agree_and_a_mistake_is_found(api):
    right, wrong = (result(api, "gpt_beside", mistake=mistake) for mistake in ("none", "wrong_scaling"))
    assert right["ours"] == right["theirs"] and right["first"] is None
    assert wrong["layers"][wrong["first"]][0] == "blocks.0.attention.out" and wrong["maximum"] > wrong["tolerance"]


def test_a_poem_is_told_line_by_line(api):
    found = result(api, "gpt_poem")
    assert [line[0] for line in found["text"].split("\n")[:2]] == list("春夏") and found["width"] == 5


def test_a_training_learns_and_its_token_stays_inside(api):
    file, found = api.good("gpt_tune")
    assert found["step"] >= 1 and found["held"][0][0] == 0 and found["samples"][-1][0] == found["step"]
    assert "token" not in json.dumps(found) and file["url"].endswith("gpt_tune-7.safetensors")
    assert int.from_bytes(api.client.get(file["url"]).content[:8], "little") < 100_000  # length of the header


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
    assert "É → E" in api.bad("gpt_write", prompt="ROMÉO")
    assert "还没有文字" in api.bad("gpt_surgery", prompt="")
    assert "200" in api.bad("gpt_tune", text="a")
