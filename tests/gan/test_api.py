"""The GANs as programs see them: every endpoint over HTTP, a training from the seed every time, and bad input."""

import io
import json
import math

import httpx
import numpy as np
import pytest
from api import NONSENSE, SMALL, Api, small
from PIL import Image

from aigc_demo.services import cards
from aigc_demo.services.gan.requests import DIGIT_MODELS
from aigc_demo.services.use_case import find

ASKED = tuple(name for name in SMALL if name.startswith("gan_"))
OWN = ("gan_draw", "gan_walk", "gan_mix")  # take a model of one's own in the place of one that ships
PICTURES = ("gan_draw", "gan_walk", "gan_mix", "gan_classes", "gan_morph")
MOVING = ("gan_walk", "gan_mix", "gan_morph", "gan_points")


def test_the_fields_of_a_request_are_the_parameters_of_its_endpoint(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    for name in ASKED:
        assert [field["parameter_name"] for field in found[f"/{name}"]["parameters"]] == list(small(name))


@pytest.mark.parametrize("endpoint", ASKED)
def test_a_use_case_answers_with_a_file_and_figures(api, endpoint):
    made, result = api.good(endpoint)
    assert made["url"].endswith(f".{find(endpoint).formats[0]}")
    assert result["parameters"] > 1000 and result["seed"] == 7 and result["device"] == "CPU"
    assert result["card"]["use_case"] == endpoint and result["milliseconds"] > 0


@pytest.mark.parametrize("endpoint", PICTURES)
def test_the_same_request_draws_the_same(api, endpoint):
    first, again = (api.file(endpoint, format="png") for _ in range(2))
    assert first == again
    assert np.ptp(np.asarray(Image.open(io.BytesIO(first)))) > 50


@pytest.mark.parametrize(("endpoint", "count"), zip(PICTURES, (4, 3, 7, 20, 3), strict=True))
def test_pictures_are_counted_and_have_a_size(api, endpoint, count):
    _, result = api.good(endpoint)
    assert (result["pictures"], result["width"], result["height"]) == (count, 28, 28)


def test_every_model_draws(api):
    seen = []
    for model in ("mlp", "dcgan", "wgan-clip", "wgan-gp", "conditional", "r3", "collapsed", "colour"):
        made, result = api.good("gan_draw", model=model, count=2)
        assert result["digits"] == ([7, 8] if model == "conditional" else [])
        seen.append(api.client.get(made["url"]).content)
    assert result["width"] == 64 and Image.open(io.BytesIO(seen[-1])).mode == "RGB"
    assert len(set(seen)) == len(seen)


def test_a_critic_answers_with_sorted_scores(api):
    _, result = api.good("gan_critic")
    for side in ("made_scores", "real_scores"):
        assert len(result[side]) == 8 and result[side] == sorted(result[side])
    assert 0 <= result["fooled"] <= 1 and 0 <= result["told"] <= 1


def test_the_comparison_counts_what_every_model_made(api):
    _, result = api.good("gan_compare")
    assert [one["model"] for one in result["models"]] == list(DIGIT_MODELS)
    assert all(sum(one["counts"]) == result["count"] == 10 for one in result["models"])
    assert api.good("gan_compare")[1]["models"] == result["models"], "nothing is left to chance"


def test_a_training_streams_and_is_the_same_every_time(api):
    with api.client.stream("GET", api.start("gan_points", list(small("gan_points").values()))) as answer:
        lines = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: [")]
    told = [result for _, result in lines]
    assert len(told) >= 3 and (told[0]["step"], told[-1]["step"]) == (0, 30)
    assert lines[0][0] is None and lines[-1][0]["url"].endswith(".png")
    assert told[0]["loss_critic"] is None and told[-1]["loss_critic"] > 0
    _, again = api.good("gan_points")
    assert (again["step"], again["distance"]) == (30, told[-1]["distance"]), "nothing is kept between two calls"


def test_points_of_ones_own_are_taken(api):
    assert api.good("gan_points", data="drawn", drawing="0.5,0.5; -0.5,0", turns=1)[1]["step"] == 1


@pytest.mark.parametrize(
    ("endpoint", "kind"), [*((name, "png") for name in ASKED), *((name, "json") for name in ASKED)]
)
def test_a_file_carries_its_card(api, tmp_path, endpoint, kind):
    made, result = api.good(endpoint, format=kind)
    file = tmp_path / made["orig_name"]
    file.write_bytes(api.client.get(made["url"]).content)
    card = cards.read(file)
    own = {"checkpoint": ""} if endpoint in OWN else {}
    assert card.use_case == endpoint and card.values == SMALL[endpoint] | own == result["card"]["values"]
    assert len(card.sha256) == (0 if endpoint == "gan_points" else 64)


@pytest.mark.parametrize("endpoint", MOVING)
def test_what_moves_is_saved_as_a_film(api, endpoint):
    assert Image.open(io.BytesIO(api.file(endpoint, format="gif"))).n_frames > 1
    assert api.file(endpoint, format="mp4")[4:8] == b"ftyp"


NUMBERS = [
    *(("gan_draw", name) for name in ("seed", "count", "limit", "digit")),
    ("gan_walk", "frames"),
    ("gan_walk", "seed_to"),
    ("gan_mix", "strength"),
    ("gan_mix", "seed_c"),
    ("gan_classes", "columns"),
    ("gan_morph", "digit_to"),
]


@pytest.mark.parametrize(("endpoint", "field"), NUMBERS)
def test_no_number_is_taken_on_trust(api, endpoint, field):
    answers = [api.bad(endpoint, **{field: value}) for value in NONSENSE]
    assert all("must be" in words or "is empty" in words for words in answers)


@pytest.mark.parametrize(
    ("endpoint", "values", "words"),
    [
        ("gan_walk", {"frames": 0}, "Frames must be between 2 and 120, got 0."),
        ("gan_walk", {"frames": 10_000}, "Frames must be between 2 and 120, got 10000."),
        ("gan_walk", {"circle": "yes"}, "must be true or false, got yes."),
        ("gan_draw", {"model": "<img src=x>"}, "must be one of r3,"),
        ("gan_draw", {"limit": 0}, "Truncation must be between 0.05 and 4, got 0."),
        ("gan_draw", {"format": "gif"}, "must be one of png, json, got gif."),
        ("gan_mix", {"strength": 9}, "must be between 0 and 2, got 9."),
        ("gan_morph", {"digit_from": 10}, "must be one of 0,"),
        ("gan_critic", {"model": "<script>"}, "Model must be one of"),
        ("gan_critic", {"count": 0}, "Count must be between 8 and 200, got 0."),
        ("gan_critic", {"count": math.nan}, "Count must be a"),
        ("gan_critic", {"seed": -1}, "Seed must be between 0 and 4294967295, got -1."),
        ("gan_compare", {"count": 10_000}, "Count must be between 10 and 200, got 10000."),
        ("gan_compare", {"seed": None}, "Seed is empty. Fill in a number."),
        ("gan_compare", {"format": "gif"}, "must be one of"),
        ("gan_points", {"rate_critic": math.nan}, "Critic rate must be a number, got nan."),
        ("gan_points", {"rate_generator": None}, "Generator rate is empty. Fill in a number."),
        ("gan_points", {"turns": 10**9}, "must be between 1 and 20000"),
        ("gan_points", {"data": "drawn"}, "No points are drawn yet."),
        ("gan_points", {"data": "drawn", "drawing": "0,0;" * 100_000}, "more than 500 points"),
        ("gan_points", {"data": "drawn", "drawing": "<script>"}, "cannot be read"),
        ("gan_points", {"loss": "mean"}, "must be one of"),
    ],
)
def test_bad_input_is_one_sentence(api, endpoint, values, words):
    assert words in api.bad(endpoint, **values)


def test_sentences_are_in_the_language_of_the_page(app_url):
    with httpx.Client(timeout=60) as client:
        assert "截断噪声" in Api(app_url, client, "zh").bad("gan_draw", limit=9)
