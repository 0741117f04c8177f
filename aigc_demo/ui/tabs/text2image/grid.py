"""Seed by guidance: how hard the picture is pushed towards the sentence."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import mosaic
from aigc_demo.ui.tabs.text2image.page import GUIDANCE
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_grid", service)
    with form.tab():
        question("text2image.predict_guidance", form, "#text2image_grid-view")
        with bench():
            with controls():
                form.text("prompt", lines=2, main=True)
                form.slider("seeds")
                form.seed()
                form.buttons("text2image.run_grid")
                with drawer():
                    form.fields("steps", "sampler")
            with result():
                view = mosaic("text2image_grid-view", "text2image.grid_says", form.first_value)
                form.outcome(("png", "json"))
        how_it_works(
            r"v = v_\theta(x_s, s, \varnothing) + w\,\big[v_\theta(x_s, s, c) - v_\theta(x_s, s, \varnothing)\big]",
            "text2image.how_grid",
            {"Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": GUIDANCE},
            sources("sampling.guidance:TextDenoiser.__call__"),
            steps=("sentence", "unet", "guidance", "picture"),
        )
    form.run(view)
    return form
