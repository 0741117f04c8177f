"""The GANs that draw, as programs see them: every endpoint over HTTP, and bad input of every kind."""

import base64
import io
import math

import httpx
import numpy as np
import pytest
from api import SMALL, Api, small
from PIL import Image

from aigc_demo.services import cards

ASKED = ("gan_draw", "gan_walk", "gan_mix", "gan_classes", "gan_morph")
MOVING = ("gan_walk", "gan_mix", "gan_morph")


def tiles(value):
    """The pictures of a sheet that came inside its value, (N, H, W) or (N, H, W, 3)."""
    raw = base64.b64decode(value["sheets"][0]["url"].partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(raw)))
    return np.stack(np.split(sheet, value["counts"][0], axis=1))


def test_these_are_the_public_endpoints(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    wanted = {f"{name}{what}" for name in ASKED for what in ("", "_save", "_python")}
    mine = {name.strip("/") for name in found if name.strip("/").startswith(ASKED)}
    assert mine == wanted
    for name in wanted:
        assert [field["parameter_name"] for field in found[f"/{name}"]["parameters"]] == list(small(name))


@pytest.mark.parametrize(("endpoint", "count"), zip(ASKED, (4, 6, 12, 20, 3), strict=True))
def test_a_use_case_answers_with_its_pictures_and_a_live_badge(api, endpoint, count):
    value, says = api.good(endpoint)
    assert says["state"] == "live" and says["parameters"] > 1000 and says["seed"] == 7
    pictures = tiles(value)
    assert pictures.shape == (count, 28, 28) and np.ptp(pictures) > 50
    assert (tiles(api.good(endpoint)[0]) == pictures).all(), "the same request draws the same"


def test_every_model_draws(api):
    seen = []
    for model in ("mlp", "dcgan", "wgan-clip", "wgan-gp", "conditional", "r3", "collapsed", "colour"):
        value, _ = api.good("gan_draw", model=model, count=2)
        assert value["digits"] == ([7, 8] if model == "conditional" else [])
        seen.append(tiles(value)[0])
    assert seen[-1].shape == (64, 64, 3)
    assert len({picture.tobytes() for picture in seen}) == len(seen)


def test_equal_seeds_and_circles_are_said(api):
    said: dict[str, dict] = {"says": {}, "says_same": {"seed_to": 7}, "says_circle": {"circle": True}}
    for words, changes in said.items():
        value, _ = api.good("gan_walk", **changes)
        assert value["says"] == words
        assert value["counts"] == [3 if changes.get("circle") else 6]
    assert api.good("gan_morph", digit_to=4)[0]["says"] == "says_same"


@pytest.mark.parametrize(("endpoint", "kind"), [(name, "json") for name in ASKED] + [(name, "gif") for name in MOVING])
def test_a_saved_file_carries_its_card(api, tmp_path, endpoint, kind):
    saved = api.good(f"{endpoint}_save", format=kind)[0]
    file = tmp_path / saved["name"]
    file.write_bytes(api.client.get(saved["file"]["url"]).content)
    card = cards.read(file)
    assert card.use_case == endpoint and card.values == SMALL[endpoint] and len(card.sha256) == 64


@pytest.mark.parametrize("endpoint", ASKED)
def test_both_scripts_come(api, endpoint):
    found = api.good(f"{endpoint}_python")[0]
    assert "aigc_demo" in found["ours"] and "nn.Sequential(" in found["library"]


NUMBERS = [
    ("gan_draw", "seed"),
    ("gan_draw", "count"),
    ("gan_draw_save", "limit"),
    ("gan_draw", "digit"),
    ("gan_walk", "frames"),
    ("gan_walk_python", "seed_to"),
    ("gan_mix", "strength"),
    ("gan_mix", "seed_c"),
    ("gan_classes", "columns"),
    ("gan_morph", "digit_to"),
]
NONSENSE = [math.nan, math.inf, -math.inf, 1e12, 10**9 + 0.5, -5.5, 10**400, True, "7", "", None, [], [1], {}]


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
        ("gan_draw_save", {"format": "gif"}, "must be one of png, json, got gif."),
        ("gan_mix", {"strength": 9}, "must be between 0 and 2, got 9."),
        ("gan_morph", {"digit_from": 10}, "must be one of 0,"),
    ],
)
def test_bad_input_is_one_sentence(api, endpoint, values, words):
    assert words in api.bad(endpoint, **values)


def test_sentences_are_in_the_language_of_the_page(app_url):
    with httpx.Client(timeout=60) as client:
        assert "截断噪声" in Api(app_url, client, "zh").bad("gan_draw", limit=9)
