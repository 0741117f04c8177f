"""GAN tab, arithmetic: a - b + c with the noise of three pictures."""

import time
from typing import Any

import gradio as gr

from aigc_demo.core.params import build
from aigc_demo.services.gan.requests import POOL, Draw, Mix
from aigc_demo.ui.events import QUICK, guarded
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import gan_values
from aigc_demo.ui.tabs.gan_picture_views import equation, pool
from aigc_demo.ui.tabs.gan_values import digit_choice, live_badge, model_choice
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.widgets import bench, controls, drawer, honesty_badge, how_it_works, predict_card, result

PLACES = ("seed_a", "seed_b", "seed_c")


def mix(service: Any) -> Form:
    """a - b + c."""
    form = Form("gan_mix", Mix)
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                offered = pool("gan_mix-pool", gan_values.shipped("pool"))
                with gr.Row(elem_classes="lx-terms", equal_height=False):
                    for place in PLACES:
                        form.number(place)
                form.slider("strength", main=True)
                with drawer():
                    digit_choice(form)
            with result():
                first = gan_values.shipped("mix")
                view = equation("gan_mix-view", first and gan_values.mix(first, Mix()))
                note = honesty_badge(cached(first))
                formats = ["png", "gif", "mp4", "json"]
                form.save(formats, lambda request, kind: service.save("gan_mix", request, kind))
                form.share(lambda request: service.python(request), "gan.plain_torch")
        predict_card(
            "gan.predict_mix",
            ["gan.predict_mix_right", "gan.predict_mix_b", "gan.predict_mix_c"],
            "gan.predict_mix_reveal",
        )
        how_it_works(
            r"z = c + s\,(a - b), \qquad z_{\text{mended}} = \frac{\lVert c \rVert}{\lVert z \rVert}\, z",
            "gan.how_mix",
            {
                "Radford, Metz & Chintala, Unsupervised Representation Learning with DCGANs, 2015": (
                    "https://arxiv.org/abs/1511.06434"
                )
            },
            {"aigc_demo/services/gan/drawing.py · Drawing.mix": function_text("services.gan.drawing", "Drawing.mix")},
        )

    def on_mix(request: Mix) -> tuple[Any, Any]:
        """Calculate with the noise of three pictures; gives them, the sum, the way there, and the badge."""
        began = time.perf_counter()
        value = gan_values.mix(gan_values.live(service.mix(request)), request)
        return value, live_badge(service, request, began)

    form.watch(on_mix, [view, note])
    offer(form, service, offered)
    return form


def offer(form: Form, service: Any, offered: gr.HTML) -> None:
    """The small grid shows pictures of the chosen model; a click there puts a seed in its place."""

    @guarded
    def on_offer(model: Any, digit: Any) -> Any:
        return gan_values.live(service.draw(build(Draw, {"model": model, "digit": digit, **rest})))

    rest = {"seed": POOL.seed, "count": POOL.count}
    asked = [form.components[name] for name in ("model", "digit")]
    quiet: dict[str, Any] = {**QUICK, "api_visibility": "private", "trigger_mode": "always_last"}
    gr.on([part.change for part in asked], on_offer, asked, offered, api_name="gan_mix_offer", **quiet)
    seeds = [form.components[place] for place in PLACES]
    offered.picked(None, seeds, seeds, js="(...seeds) => luoxia.placed(...seeds)", show_progress="hidden")
