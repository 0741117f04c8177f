"""GAN tab: a forger and a detective make each other better, live, on points of the plane."""

from typing import Any

import gradio as gr

from aigc_demo.ui.form import Form
from aigc_demo.ui.tabs import gan_points
from aigc_demo.ui.widgets import heading


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("gan.title", "gan.lead")
    with gr.Tabs(elem_id="inner-gan"):
        forms = [gan_points.points(service.live)]
    return forms
