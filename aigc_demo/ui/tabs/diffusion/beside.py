"""Our code and diffusers, same weights, same noise."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import beside_words, digit_choice, every_layer, layer_bars, mosaic, verdict, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_beside", service)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.choice("mistake")
                form.slider("steps", main=True)
                form.seed()
                form.buttons("diffusion.run_beside")
                with drawer():
                    form.fields("sampler", "guidance")
            with result():
                pictures, _, rows = form.first_shown(compared, 3)
                views = [
                    mosaic("diffusion_beside-view", "diffusion.beside_says", pictures),
                    verdict_line("diffusion_beside-verdict"),
                    layer_bars("diffusion_beside-layers", rows),
                ]
                form.outcome(("png", "json"))
        question("diffusion.predict_mistake", form)
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_t, t, c) - f^{\text{diffusers}}_i(x_t, t, c) \right| \le 10^{-4}",
            "diffusion.how_beside",
            {"diffusers, UNet2DModel": "https://huggingface.co/docs/diffusers/api/models/unet2d"},
            sources("pipelines.parity:compare"),
            steps=("noise", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """The three pictures, the verdict, and every layer."""
    words = beside_words(say, value["milliseconds"], value["maximum"])
    rows = every_layer(say, value)
    return [{**value, **words}, verdict(say, value), rows]
