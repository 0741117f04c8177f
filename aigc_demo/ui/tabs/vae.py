"""Autoencoder tab: squeeze a picture into a few numbers, rebuild it, and paint from numbers of your own."""

from typing import Any

import gradio as gr

from aigc_demo.ui.form import Form
from aigc_demo.ui.widgets import heading


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("vae.title", "vae.lead")
    forms: list[Form] = []
    with gr.Tabs(elem_id="inner-vae"):
        pass
    return forms
