"""The GAN's endpoints as programs see them: a training from the seed every time, and sentences for what cannot be."""

import base64
import json
import math

import numpy as np
import pytest
from api import SMALL, small

from aigc_demo.services import cards

ENDPOINTS = ("gan_points", "gan_points_save", "gan_points_python")


def test_these_are_the_public_endpoints(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    assert {name.strip("/") for name in found if name.startswith("/gan_points")} == set(ENDPOINTS)
    for name in ENDPOINTS:
        assert [field["parameter_name"] for field in found[f"/{name}"]["parameters"]] == list(small(name))


def test_a_training_streams_and_is_the_same_every_time(api):
    with api.client.stream("GET", api.start("gan_points", list(SMALL["gan_points"].values()))) as answer:
        lines = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: [")]
    values = [line[0] for line in lines]
    assert len(values) >= 3 and (values[0]["step"], values[-1]["step"]) == (0, 30)
    assert lines[-1][1] == {"done": 30, "total": 30} and lines[-1][2]["state"] == "live"
    fake = np.frombuffer(base64.b64decode(values[-1]["fake"]), "<i2").reshape(-1, 2)
    assert len(fake) == len(np.unique(fake, axis=0)) > 200
    again = api.good("gan_points")[0]
    assert (again["step"], again["fake"]) == (30, values[-1]["fake"]), "nothing is kept between two calls"


def test_points_of_ones_own_are_taken(api):
    assert api.good("gan_points", data="drawn", drawing="0.5,0.5; -0.5,0", turns=1)[0]["step"] == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rate_critic": math.nan}, "Critic rate must be a number, got nan."),
        ({"rate_generator": None}, "Generator rate is empty. Fill in a number."),
        ({"turns": 10**9}, "must be between 1 and 20000"),
        ({"data": "drawn"}, "No points are drawn yet."),
        ({"data": "drawn", "drawing": "0,0;" * 100_000}, "more than 500 points"),
        ({"data": "drawn", "drawing": "<script>"}, "cannot be read"),
        ({"loss": "mean"}, "must be one of"),
    ],
)
def test_bad_input_is_one_sentence(api, values, words):
    assert words in api.bad("gan_points", **values)


@pytest.mark.parametrize("kind", ["png", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, kind):
    saved = api.good("gan_points_save", format=kind)[0]
    file = tmp_path / saved["name"]
    file.write_bytes(api.client.get(saved["file"]["url"]).content)
    card = cards.read(file)
    assert card.use_case == "gan_points" and card.values == SMALL["gan_points"]


def test_both_scripts_come(api):
    found = api.good("gan_points_python")[0]
    assert "aigc_demo" in found["ours"] and "aigc_demo" not in found["library"]
