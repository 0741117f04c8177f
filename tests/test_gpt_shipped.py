"""What the writing tabs show before any click is what the models that ship really say."""

import dataclasses
import json

import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.services import home
from aigc_demo.services.gpt.odds_values import odds_value
from aigc_demo.services.gpt.requests import STARTS, Surgery, Write
from aigc_demo.services.gpt.service import create

AGAIN = "run: python -m aigc_demo.services.gpt.shipped"


@pytest.fixture(scope="module")
def service():
    return create(Store(device="cpu"))


def test_the_first_text_is_what_the_defaults_write(service):
    value = home.shipped_text("gpt-shakespeare-write")
    assert value["values"] == dataclasses.asdict(Write()), AGAIN
    assert value["sha256"] == catalogue.checkpoint("gpt-shakespeare").sha256, AGAIN
    for step in service.write(Write(length=60)):
        made = "".join(token.text for token in step.value.tokens)
    assert value["text"].startswith(made) and len(value["text"]) == Write().length, AGAIN
    written = [token[0] for part in value["parts"] for token in json.loads(part)["tokens"]]
    assert "".join(written) == value["text"] and json.loads(value["prompt"])[0][0] == "R"


def test_the_first_odds_are_those_of_the_model(service):
    value = home.shipped_value("gpt-shakespeare-surgery")
    request = Surgery()
    assert value["values"] == dataclasses.asdict(request), AGAIN
    again = odds_value(request, service.surgery(request))
    assert [column[0] for column in value["odds"]["candidates"]] == [column[0] for column in again["candidates"]], AGAIN
    first, second = ([column[1] for column in odds["candidates"]] for odds in (value["odds"], again))
    assert first == pytest.approx(second, abs=1e-3)


def test_the_landing_view_types_the_beginning_of_that_text():
    typed, value = home.shipped_value("gpt-typed"), home.shipped_text("gpt-shakespeare-write")
    assert typed["prompt"] == Write().prompt and value["text"].startswith(typed["text"]) and len(typed["text"]) > 60


@pytest.mark.parametrize("model", STARTS)
def test_every_model_knows_the_characters_of_its_beginning(service, model):
    path = catalogue.ASSETS / catalogue.checkpoint(model).file
    if not path.is_file():
        pytest.skip("its weights do not ship yet")
    assert set(STARTS[model]) <= set(service.model(model).config.characters)
