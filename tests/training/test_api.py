"""The training room as programs see it: the race and the law over HTTP, files with their cards, and bad input."""

import httpx
import pytest
from api import SMALL, Api, small

from aigc_demo.services import cards
from aigc_demo.services.training.requests import LANES

ASKED = ("training_race", "training_horses")


@pytest.mark.parametrize("endpoint", ASKED)
def test_a_file_carries_its_card(api, tmp_path, endpoint):
    made, result = api.good(endpoint)
    file = tmp_path / made["orig_name"]
    file.write_bytes(api.client.get(made["url"]).content)
    assert cards.read(file).values == SMALL[endpoint] == result["card"]["values"]
    assert result["device"] == "CPU" and result["parameters"] > 1000


def test_the_race_tells_every_lane(api):
    _, result = api.good("training_race")
    assert set(result["lanes"]) == {"gan", "flow"}
    assert all(lane["updates"] > 0 and lane["seconds"] >= 0.5 for lane in result["lanes"].values())
    assert api.file("training_race", format="gif")[:3] == b"GIF"


def test_the_law_tells_what_more_would_buy(api):
    _, result = api.good("training_horses")
    assert result["more_data"]["loss"] < result["now"]["loss"] > result["more_size"]["loss"]
    assert abs(result["check"]["loss"] / result["measured"] - 1) < 0.02


@pytest.mark.parametrize(
    ("endpoint", "values", "words"),
    [
        ("training_race", dict.fromkeys(LANES, False), "No model takes part."),
        ("training_race", dict.fromkeys(LANES, True), "At most 4 models"),
        ("training_race", {"seconds": 0}, "must be between 0.5 and 20, got 0."),
        ("training_race", {"seconds": None}, "is empty"),
        ("training_race", {"data": "drawn"}, "No points are drawn yet."),
        ("training_race", {"data": "drawn", "drawing": "0,0; 0,0"}, "fewer than 3 different points"),
        ("training_race", {"data": "drawn", "drawing": "nan,1; 0,0; 1,1"}, "cannot be read"),
        ("training_horses", {"parameters": 0}, "must be between 5 and 1000"),
        ("training_horses", {"tokens": float("nan")}, "must be a number"),
    ],
)
def test_bad_input_is_one_sentence(api, endpoint, values, words):
    assert words in api.bad(endpoint, **values)


def test_sentences_are_in_the_language_of_the_page(app_url):
    with httpx.Client(timeout=60) as client:
        assert "至少选一个" in Api(app_url, client, "zh").bad("training_race", **dict.fromkeys(LANES, False))
    assert list(small("training_horses")) == ["parameters", "tokens", "budget", "format"]
