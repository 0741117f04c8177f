"""Lesson links and run cards: what fits is taken, what does not is named, nothing is believed."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated

import gradio as gr
import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import SEED, Choice, Range, Text, check
from aigc_demo.ui import events, restore
from aigc_demo.ui.form import Form

SCRIPT = "<img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Draw:
    seed: Annotated[int, SEED] = 7
    steps: Annotated[int, Range(1, 1000)] = 20
    guidance: Annotated[float, Range(0, 10, 0.1)] = 1.5
    sampler: Annotated[str, Choice(("ddim", "ddpm"))] = "ddim"
    mistake: bool = False
    text: Annotated[str, Text(20)] = ""
    checkpoint: Annotated[str, Text(200)] = "diffusion-digits"

    def __post_init__(self) -> None:
        check(self)


@pytest.fixture(scope="module")
def form():
    """A form with every kind of control."""
    form = Form("diffusion_draw", Draw)
    with gr.Blocks():
        form.seed()
        form.slider("steps")
        form.slider("guidance")
        form.choice("sampler")
        form.check("mistake")
        form.text("text")
        form.buttons()
    return form


def test_an_address_carries_numbers_as_text(form):
    wish = {
        "values": {"seed": "9", "steps": "5", "guidance": "2.5", "sampler": "ddpm", "mistake": "true", "text": "hi"}
    }
    updates, left_out = restore.judged(form, wish, "en")
    assert left_out == []
    assert {name: change["value"] for name, change in updates.items() if name in form.components} == {
        "seed": 9,
        "steps": 5,
        "guidance": 2.5,
        "sampler": "ddpm",
        "mistake": True,
        "text": "hi",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"steps": "0"},
        {"steps": "1e9"},
        {"steps": 10**9},
        {"steps": "nan"},
        {"steps": float("inf")},
        {"steps": None},
        {"steps": [1]},
        {"steps": {"a": 1}},
        {"steps": "9" * 5000},
        {"steps": True},
        {"seed": -1},
        {"seed": 10**30},
        {"sampler": SCRIPT},
        {"sampler": ["ddim"]},
        {"mistake": "maybe"},
        {"text": "x" * 100_000},
        {"text": 7},
        {"nothing_of_that_name": 1},
        {SCRIPT: 1},
        {"__class__": "x"},
    ],
    ids=range(20),
)
def test_what_does_not_fit_is_left_out_and_named(form, values):
    updates, left_out = restore.judged(form, {"values": {**values, "guidance": "2"}}, "zh")
    assert list(updates) == ["guidance"] and len(left_out) == 1
    assert "<" not in left_out[0] and len(left_out[0]) < 200


@pytest.mark.parametrize("wish", [{}, {"values": []}, {"values": 3, "lock": "steps", "hide": {}}, {"values": None}])
def test_a_wish_of_the_wrong_shape_changes_nothing(form, wish):
    assert restore.judged(form, wish, "en") == ({}, [])


def test_controls_are_locked_and_hidden_by_name(form):
    updates, left_out = restore.judged(form, {"lock": ["steps", "seed", "nonsense"], "hide": ["guidance"]}, "en")
    assert updates["steps"] == {"interactive": False} and updates["guidance"] == {"visible": False}
    assert left_out == ["There is no setting called nonsense here."]


def test_a_field_without_a_control_is_no_complaint(form):
    assert restore.judged(form, {"values": {"checkpoint": "diffusion-digits"}}, "en") == ({}, [])


def test_a_card_opens_its_tab():
    known = {"diffusion_draw"}
    entry = catalogue.checkpoint("diffusion-digits")
    card = Card("diffusion_draw", {"seed": 1}, entry.id, entry.sha256)
    assert restore.opened(card, known, "en") == {
        "page": "diffusion",
        "tab": "diffusion_draw",
        "values": {"seed": 1},
    }
    for wrong in (Card("gan_draw", {}), Card(SCRIPT, {}), Card("diffusion_draw", {}, "no-such-model")):
        with pytest.raises(NotFoundError):
            restore.opened(wrong, known, "en")


# events: what a handler raises, and what comes out


def ask(handler, *values, lang="en"):
    """The sentence of the toast when `handler` fails."""
    request = SimpleNamespace(headers={"accept-language": lang})
    with pytest.raises(gr.Error) as caught:
        result = events.guarded(handler)(*values, request)
        list(result) if hasattr(result, "__next__") else None
    assert not caught.value.print_exception
    return caught.value.message


def test_a_user_error_becomes_its_sentence_in_the_right_language():
    def fails(steps: int) -> None:
        raise BadRequestError("number", field="steps", value=steps)

    def streams(steps: int):
        yield 1
        raise BadRequestError("number", field="steps", value=steps)

    for handler in (fails, streams):
        assert ask(handler, "x") == "Denoising steps must be a number, got x."
        assert ask(handler, "x", lang="zh-TW") == "“去噪步数”要填一个数，收到的是 x。"


def test_our_own_error_shows_an_id_and_nothing_else(caplog):
    def fails(steps: int) -> None:
        raise RuntimeError("/secret/path and a token")

    words = ask(fails, 1)
    mark = words.split("number ")[1].rstrip(".")
    assert "secret" not in words and mark in caplog.text and "RuntimeError" in caplog.text


def test_an_endpoint_names_its_fields_and_builds_the_request(form):
    def on_draw(request: Draw, lang: str) -> tuple:
        return request, lang

    function = form.endpoint(on_draw)
    request = SimpleNamespace(headers={"accept-language": "zh"})
    assert list(form.components) == ["seed", "steps", "guidance", "sampler", "mistake", "text"]
    assert function(1, 2, 3, "ddpm", True, "hi", request) == (Draw(1, 2, 3, "ddpm", True, "hi"), "zh")
    with pytest.raises(gr.Error, match="Denoising steps must be between 1 and 1000"):
        function(1, 10**9, 3, "ddpm", True, "hi", SimpleNamespace(headers={}))


@pytest.mark.parametrize("value", [float("nan"), "x", None, [1], 10**9, True, -1])
def test_components_let_wrong_values_through_to_the_handler(form, value):
    for name in ("steps", "seed", "sampler", "mistake", "text"):
        got = form.components[name].preprocess(value)
        assert got is value
