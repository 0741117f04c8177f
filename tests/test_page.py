"""Outputs that stay as they are cost nothing; the others are sent as Gradio sends them."""

import asyncio
from copy import deepcopy

import gradio as gr
import pytest

from aigc_demo.ui.gradio_private import Session
from aigc_demo.ui.page import Page

SAME = {"__type__": "update"}


@pytest.fixture
def demo():
    with Page() as demo:
        boxes = [gr.Textbox(), gr.Number(), gr.HTML(), gr.State()]
        demo.load(lambda: None, None, boxes)
        demo.load(lambda: None, None, boxes[0])
    return demo


def sent(demo, event, predictions, session=None):
    return asyncio.run(demo.postprocess_data(demo.fns[event], predictions, session or Session(demo)))


@pytest.mark.parametrize(
    ("event", "predictions"),
    [
        (0, ["a", 2, {"b": [3]}, 4]),
        (0, ("a", gr.skip(), gr.skip(), gr.skip())),
        (0, [gr.skip(), 2, gr.update(visible=False), gr.skip()]),
        (0, [gr.skip(), gr.skip(), gr.skip(), gr.skip()]),
        (0, gr.skip()),
        (1, gr.skip()),
        (1, "a"),
        (1, gr.update(value="a", lines=3)),
    ],
)
def test_what_is_sent_is_what_gradio_sends(demo, event, predictions):
    theirs = asyncio.run(gr.Blocks.postprocess_data(demo, demo.fns[event], deepcopy(predictions), Session(demo)))
    values = predictions if isinstance(predictions, list | tuple) else [predictions] * len(theirs)
    kept = [SAME if value == SAME else their for value, their in zip(values, theirs, strict=True)]
    assert sent(demo, event, predictions) == kept


def test_an_output_that_stays_is_not_made_anew(demo):
    session, event = Session(demo), demo.fns[0]
    text, number = (box._id for box in event.outputs[:2])
    found = sent(demo, 0, [gr.skip(), gr.update(visible=False), gr.skip(), 5], session)
    assert found[0] == found[2] == SAME and found[1] == {**SAME, "visible": False}
    assert session[text] is demo.blocks[text] and session[number] is not demo.blocks[number]
    assert session[event.outputs[3]._id] == 5


def test_another_count_of_values_is_still_a_mistake(demo):
    with pytest.raises(ValueError, match="enough|returned"):
        sent(demo, 0, [gr.skip(), "a"])
