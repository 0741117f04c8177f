"""A visitor's session: made without a copy of the page, its state its own, and Gradio finds in it what it looks for."""

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from aigc_demo.ui.sessions import Session, Sessions, install


@pytest.fixture
def blocks():
    with gr.Blocks() as blocks:
        gr.Textbox("hello")
        gr.State([1])
    blocks.state_session_capacity = 2
    return blocks


@pytest.fixture
def holder(blocks):
    class App:
        def get_blocks(self):
            return blocks

    install(app := App())
    assert isinstance(app.state_holder, Sessions) and blocks.state_holder is app.state_holder
    return app.state_holder


def parts(blocks):
    """Ids of the box and of the state."""
    return [key for key, part in blocks.blocks.items() if isinstance(part, gr.Textbox | gr.State)]


def test_a_session_begins_without_a_copy_of_the_page(blocks, holder):
    assert SessionState(blocks).config_values and not holder["a"].config_values
    assert isinstance(holder["a"], Session) and holder["a"] is holder["a"]
    assert holder["a"].blocks_config.fns.keys() == blocks.fns.keys()


def test_what_one_visitor_has_no_other_sees(blocks, holder):
    box, state = parts(blocks)
    holder["a"][state] = [7]
    holder["a"]._update_value_in_config(box, "mine")
    holder["a"][box] = gr.Textbox("changed")
    assert holder["a"][state] == [7] and holder["b"][state] == [1]
    assert holder["b"][box].value == "hello" and not holder["b"].config_values
    assert holder["a"][box].value == "changed"
    assert state in holder["a"] and box in holder["b"]


def test_the_oldest_session_goes_when_there_are_too_many(blocks, holder):
    for name in "abc":
        holder[name]
    assert list(holder.session_data) == ["b", "c"]
