"""Critics and the line-up of GANs, as programs see them: scores, class counts, files, and bad input."""

import base64
import json
import math

import pytest
from api import SMALL, small

from aigc_demo.services import cards
from aigc_demo.services.gan.requests import DIGIT_MODELS

ASKED = ("gan_critic", "gan_compare")


def test_these_are_the_public_endpoints(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    wanted = {f"{name}{what}" for name in ASKED for what in ("", "_save")}
    assert {name.strip("/") for name in found if name.strip("/").startswith(ASKED)} == wanted
    for name in wanted:
        assert [field["parameter_name"] for field in found[f"/{name}"]["parameters"]] == list(small(name))


def test_a_critic_answers_with_sorted_scores(api):
    value, says = api.good("gan_critic")
    assert says["state"] == "live" and says["seed"] == 7
    for side in ("made_scores", "real_scores"):
        assert len(value[side]) == 8 and value[side] == sorted(value[side])
    assert value["counts"] == [24] and 0 <= value["fooled"] <= 1 and 0 <= value["told"] <= 1
    assert value["scale"] == "logistic" and api.good("gan_critic", model="r3")[0]["scale"] == "relativistic"


def test_the_line_up_counts_what_every_model_made(api):
    value, says = api.good("gan_compare")
    assert [player["model"] for player in value["players"]] == list(DIGIT_MODELS)
    assert all(sum(player["counts"]) == value["count"] == 10 for player in value["players"])
    assert says["parameters"] > 1000
    again = api.good("gan_compare")[0]
    assert again["sheets"] == value["sheets"] and again["players"] == value["players"], "nothing is left to chance"


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("kind", ["png", "json"])
def test_a_file_brings_its_card(api, tmp_path, name, kind):
    saved = api.good(f"{name}_save", format=kind)[0]
    raw = api.client.get(saved["file"]["url"]).content
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(raw)
    card = cards.read(file)
    assert card.use_case == name and card.values == SMALL[name]


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("gan_critic", {"model": "<script>"}, "Model must be one of"),
        ("gan_critic", {"count": 0}, "Count must be between 8 and 200, got 0."),
        ("gan_critic", {"count": math.nan}, "Count must be a"),
        ("gan_critic", {"seed": -1}, "Seed must be between 0 and 4294967295, got -1."),
        ("gan_compare", {"count": 10_000}, "Count must be between 10 and 200, got 10000."),
        ("gan_compare", {"seed": None}, "Seed is empty. Fill in a number."),
        ("gan_compare_save", {"format": "gif"}, "must be one of"),
    ],
)
def test_bad_input_is_one_sentence(api, name, values, words):
    assert words in api.bad(name, **values)


def test_a_sheet_travels_inside_its_value(api):
    url = api.good("gan_critic")[0]["sheets"][0]["url"]
    head, _, body = url.partition(",")
    assert head == "data:image/png;base64" and base64.b64decode(body)[1:4] == b"PNG"
    assert len(json.dumps(api.good("gan_critic", model="r3", count=100)[0])) < 400_000
