"""A pretrained language model to talk to, in our own network and in transformers."""

import gradio as gr

from aigc_demo.services.hf_text.here import smollm2_is_here
from aigc_demo.ui.fetching import fetches
from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import view

TABS = ("chat", "summarise", "ask", "translate", "beside")


def above() -> None:
    """The button that brings SmolLM2 here, how large it is, and how far it has come."""
    with gr.Row(elem_classes=["lx-line", "lx-fetch"], equal_height=False):
        button = gr.Button(t("hf_text.fetch"), size="sm", elem_id="hf_text-fetch", min_width=170, scale=0)
        template = f'<p class="lx-verdict" data-absent="{t("hf_text.absent")}" hidden></p>'
        first = {"words": t("hf_text.fetch_help"), "good": True, "here": smollm2_is_here()}
        line = view("brought", template, first, elem_id="hf_text-fetched")

    fetches(button, line, "hf_text.fetch_done")
