"""GAN tab: pictures out of noise by eight trained forgers, and a duel with the detective, live, on points."""

from typing import Any

import gradio as gr

from aigc_demo.core.lazy import Lazy
from aigc_demo.ui.form import Form
from aigc_demo.ui.tabs import (
    gan_classes,
    gan_compare,
    gan_course,
    gan_critic,
    gan_draw,
    gan_mix,
    gan_points,
    gan_walk,
)
from aigc_demo.ui.widgets import heading


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("gan.title", "gan.lead")
    with gr.Tabs(elem_id="inner-gan"):
        draw, gallery = gan_draw.draw(service)
        walk, mix = gan_walk.walk(service), gan_mix.mix(service)
        forms = [draw, walk, mix, gan_classes.classes(service), gan_classes.morph(service)]
        forms += [gan_critic.critic(service), gan_compare.compare(service)]
        gan_course.training()
        forms.append(gan_points.points(Lazy(lambda: service.live)))
    gan_draw.connect(draw, gallery, walk, mix)
    return forms
