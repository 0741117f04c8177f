"""Autoencoder tab: squeeze a picture into a few numbers, rebuild it, and paint from numbers of your own."""

from typing import Any

import gradio as gr

from aigc_demo.ui.form import Form
from aigc_demo.ui.tabs import vae_course, vae_digits, vae_factors, vae_library, vae_plane, vae_rebuild
from aigc_demo.ui.widgets import heading


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("vae.title", "vae.lead")
    with gr.Tabs(elem_id="inner-vae"):
        forms = [vae_plane.plane(service), vae_rebuild.rebuild(service)]
        forms += [vae_digits.walk(service), vae_digits.draw(service), vae_factors.beta(service)]
        forms += [vae_factors.shapes(service), vae_digits.anomaly(service), vae_library.beside(service)]
        vae_course.training()
    return forms
