"""From one digit to another, three ways."""

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_picker, sketch
from aigc_demo.ui.tabs.vae.page import own
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import PANES, SENTENCE, legend, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, scrubber, view


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_walk", service)
    with form.tab():
        question("vae.predict_walk", form, "#vae_walk-view")
        with bench():
            with controls():
                for end in ("from", "to"):
                    start = form.defaults[f"sample_{end}"]
                    form.add(
                        f"sample_{end}",
                        digit_picker(f"vae_walk-sample_{end}", start, f"field.sample_{end}"),
                    )
                    with drawer(f"field.drawing_{end}"):
                        form.add(f"drawing_{end}", sketch(f"vae_walk-drawing_{end}", f"field.drawing_{end}"))
                form.slider("frames", main=True)
                form.choice("kind")
                form.choice("code", radio=True)
                form.check("random")
                form.seed()
            with result():
                shown = ways("vae_walk-view", form.first_value)
                form.outcome(("gif", "mp4", "png", "json"), library="vae.plain_torch", line=False)
        how_it_works(
            r"z_{\text{straight}} = (1-s)\,a + s\,b, \qquad z_{\text{arc}} = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + "
            r"\frac{\sin(s\theta)}{\sin\theta}\,b, \qquad \cos\theta = \frac{a \cdot b}{|a|\,|b|}",
            "vae.how_walk",
            {
                "White, Sampling Generative Networks, 2016": "https://arxiv.org/abs/1609.04468",
                "Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242",
            },
            sources("sampling.latent:slerp", "models.vae:VAE.paint"),
            steps=("picture", "encoder", "between", "decoder", "picture"),
        )
    for end in ("from", "to"):
        form.latest_wins(f"sample_{end}", f"drawing_{end}", "")
    form.watch(shown)
    return form


def ways(elem_id: str, value: Json | None) -> gr.HTML:
    """Three ways between two digits under one scrubber, and the length of the code."""
    chart = plot("vae.walk_plot", legend(water="vae.walk_straight", glow="vae.walk_arc"))
    markup = f'{PANES}{scrubber()}<div class="lx-strips"></div>{SENTENCE}{chart}'
    names = "straight arc fade across up start end typical says"
    return view("ways", own("ways", "walk", names, markup), value, elem_id=elem_id)
