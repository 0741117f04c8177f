"""What the inner tabs show before any click is what the models that ship really say."""

import json

import pytest
from runs import Runs, last

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.services import first_results, home
from aigc_demo.services.gpt.requests import STARTS, Attention, Poem, Surgery, Write
from aigc_demo.services.gpt.tokens import language_model
from aigc_demo.services.use_case import requests_of

AGAIN = "run: python -m aigc_demo.services gpt"


@pytest.fixture(scope="module")
def service():
    return Runs(Store(device="cpu"), "gpt")


@pytest.mark.parametrize("use_case", requests_of("gpt"))
def test_a_first_result_is_of_the_weights_that_ship(use_case):
    first = first_results.load(f"gpt_{use_case}")
    assert first["sha256"] == catalogue.checkpoint(first["checkpoint"]).sha256, AGAIN
    assert first["parameters"] > 1e6 and first["value"]


def test_the_first_text_is_what_the_defaults_write(service):
    value = first_results.load("gpt_write")["value"]
    made = last(service.write(Write(length=60))).text
    assert value["text"].startswith(made) and len(value["text"]) == Write().length, AGAIN
    written = [token[0] for part in value["parts"] for token in json.loads(part)["tokens"]]
    assert "".join(written) == value["text"] and json.loads(value["prompt"])[0][0] == "R"


def test_the_first_odds_are_those_of_the_model(service):
    value = first_results.load("gpt_surgery")["value"]
    again = last(service.service.stream("gpt_surgery", Surgery()))
    assert set(value) == set(again) and set(value["odds"]) == set(again["odds"])
    names, others = ([column[0] for column in found["odds"]["candidates"]] for found in (value, again))
    assert names == others, AGAIN
    first, second = ([column[1] for column in found["odds"]["candidates"]] for found in (value, again))
    assert first == pytest.approx(second, abs=1e-3)
    places, same = (json.loads(found["text"]["prompt"]) for found in (value, again))
    assert [token[0] for token in places] == [token[0] for token in same]
    assert [token[1] for token in places] == pytest.approx([token[1] for token in same], abs=1e-3)


def test_the_first_poem_and_the_first_maps_are_made_again(service):
    value, again = first_results.load("gpt_poem")["value"], last(service.service.stream("gpt_poem", Poem()))
    assert value["text"] == again["text"] and set(value) == set(again), AGAIN
    value = first_results.load("gpt_attention")["value"]
    again = last(service.service.stream("gpt_attention", Attention()))
    assert set(value) == set(again) and (value["text"], value["heads"]) == (again["text"], again["heads"]), AGAIN
    assert len(value["weights"]) == len(again["weights"])


def test_the_card_of_the_landing_view_types_the_beginning_of_that_text():
    typed = home.runs(catalogue.families())["gpt"]["typed"]
    text = first_results.load("gpt_write")["value"]["text"]
    assert typed["prompt"] == Write().prompt and text.startswith(typed["text"]) and len(typed["text"]) > 60


@pytest.mark.parametrize("model", STARTS)
def test_every_model_knows_the_characters_of_its_beginning(service, model):
    path = catalogue.ASSETS / catalogue.checkpoint(model).file
    if not path.is_file():
        pytest.skip("its weights do not ship yet")
    assert set(STARTS[model]) <= set(language_model(service.store, model).config.characters)
