"""Run cards of the diffusion family: every saved file can make its result again."""

import dataclasses
import json

import numpy as np
import pytest
from api import data_url, encoded, stroke

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.core.params import build
from aigc_demo.services import cards
from aigc_demo.services.diffusion.denoising import real_digit
from aigc_demo.services.diffusion.requests import Beside, Cut, Draw, Forward, Grid, Redraw, Samplers, Walk
from aigc_demo.services.service import Service

SAVED = {  # use-case -> request, formats; small ones
    "diffusion_draw": (Draw(steps=3, sampler="ddpm", seed=2**32 - 1), ("png", "gif", "mp4", "json")),
    "diffusion_forward": (Forward(sample=9, level=10), ("png", "json")),
    "diffusion_redraw": (Redraw(steps=2, level=300), ("png", "gif", "mp4", "json")),
    "diffusion_walk": (Walk(frames=3, steps=1), ("gif", "mp4", "png", "json")),
    "diffusion_grid": (Grid(seeds=1, steps=2), ("png", "gif", "json")),
    "diffusion_samplers": (Samplers(guidance=1), ("json",)),  # the picture takes seconds; test_api.py saves one
    "diffusion_cut": (Cut(few=1, many=2), ("png", "json")),
    "diffusion_beside": (Beside(steps=1), ("png", "json")),
}


@pytest.fixture(scope="module")
def service():
    """The use-cases over the weights that ship."""
    return Service(Store(device="cpu"))


def saved(service, use_case, request, kind):
    """Bytes of a saved file."""
    *_, step = service.save(use_case, request, kind)
    return step.value


def card_of(raw, tmp_path, kind):
    """The card in a file with these bytes."""
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(raw)
    return cards.read(file)


@pytest.mark.parametrize(("use_case", "kind"), [(name, kind) for name, (_, kinds) in SAVED.items() for kind in kinds])
def test_a_saved_file_makes_its_result_again(service, tmp_path, use_case, kind):
    request = SAVED[use_case][0]
    raw = saved(service, use_case, request, kind)
    card = card_of(raw, tmp_path, kind)
    assert (card.use_case, card.checkpoint) == (use_case, "diffusion-digits")
    assert card.sha256 == service.store.sha256("diffusion-digits") and "torch" in card.versions
    again = build(type(request), card.values)
    assert again == request
    if kind != "mp4":
        assert saved(service, use_case, again, kind) == raw


@pytest.mark.parametrize("use_case", ["diffusion_forward", "diffusion_redraw"])
def test_a_large_drawing_is_kept_as_what_the_model_saw(service, tmp_path, use_case):
    request = dataclasses.replace(SAVED[use_case][0], drawing=data_url(encoded(stroke(1200, "RGB", "white", "navy"))))
    card = card_of(saved(service, use_case, request, "json"), tmp_path, "json")
    assert len(card.values["drawing"]) < 3000
    again = build(type(request), card.values)
    same = [np.asarray(real_digit(service.store, 0, order.drawing)) for order in (request, again)]
    np.testing.assert_allclose(*same, atol=1 / 127)
    assert card_of(saved(service, use_case, again, "png"), tmp_path, "png").values == card.values


def test_an_unknown_format_is_refused(service):
    with pytest.raises(BadRequestError, match="format must be one of png, json, got exe"):
        list(service.save("diffusion_forward", Forward(), "exe"))


GOOD = {"aigc_demo": 1, "use_case": "diffusion_draw", "values": {"seed": 3}}


@pytest.mark.parametrize(
    "change",
    [{"aigc_demo": value} for value in (0, 2, "1", None, [1], {})]
    + [{"use_case": value} for value in (None, 3, [], {})]
    + [{"values": value} for value in (None, 3, "x", [1])]
    + [{"checkpoint": 3}, {"sha256": []}, {"versions": [1]}, {"versions": "x"}],
)
def test_a_card_with_wrong_types_is_refused(change):
    with pytest.raises(BadFileError, match="cannot be read"):
        Card.from_json(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize(
    "text",
    ["", "null", "3", '"aigc_demo"', "[]", '["aigc_demo"]', "{}", '{"a": 1}', "{", "\x00", "七", '{"aigc_demo": ' * 9]
    + ["[" * 15_000, json.dumps({**GOOD, "note": "x" * 2_000_000}), '{"aigc_demo": %s}' % ("9" * 10_000)],
)
def test_what_is_no_card_is_refused(text):
    with pytest.raises(BadFileError, match="carries no run card|cannot be read"):
        Card.from_json(text)


def test_a_card_comes_back_whole():
    card = Card("diffusion_draw", {"seed": 3, "text": "“七”\n"}, "diffusion-digits", "ab", {"torch": "2"})
    assert Card.from_json(card.to_json()) == card
    assert Card.from_json(json.dumps(GOOD)) == Card("diffusion_draw", {"seed": 3}, versions={})
