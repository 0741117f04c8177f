"""GPT tab: write on from a beginning and see every draw; the inner tabs in the order of the page."""

from typing import Any

import gradio as gr

from aigc_demo.ui.form import Form
from aigc_demo.ui.tabs import (
    gpt_attention,
    gpt_beside,
    gpt_cache,
    gpt_lstm,
    gpt_poem,
    gpt_surgery,
    gpt_training,
    gpt_tune,
    gpt_write,
)
from aigc_demo.ui.widgets import heading

INSIDE = (gpt_attention.attention, gpt_lstm.lstm, gpt_cache.cache, gpt_beside.beside, gpt_tune.tune)


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("gpt.title", "gpt.lead")
    with gr.Tabs(elem_id="inner-gpt"):
        write, operate = gpt_write.write(service)
        surgery = gpt_surgery.surgery(service)
        forms = [write, surgery, gpt_poem.poem(service)]
        forms += [make(service) for make in INSIDE]
        gpt_training.training()
    gpt_surgery.connect(write, surgery, operate)
    return forms
