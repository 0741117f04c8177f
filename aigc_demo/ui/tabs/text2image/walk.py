"""From one sentence to another, from one noise to another."""

from collections.abc import Sequence

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.microscope import microscope
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_walk", service)
    with form.tab():
        question("text2image.predict_way", form, "#text2image_walk-scope")
        with bench():
            with controls():
                form.text("prompt", main=True)
                form.text("prompt_to", main=True)
                form.number("seed_from")
                form.number("seed_to")
                form.slider("frames")
                form.buttons("text2image.run_walk")
                with drawer():
                    form.fields("steps", "guidance", "sampler")
            with result():
                scope = microscope(*form.first_shown(looped, 1), colour=True, elem_id="text2image_walk-scope")
                form.outcome(("gif", "mp4", "png", "json"))
        how_it_works(
            r"c_a = (1-a)\,c_0 + a\,c_1, \qquad "
            r"z_a = \frac{\sin((1-a)\theta)}{\sin\theta}\,z_0 + \frac{\sin(a\theta)}{\sin\theta}\,z_1",
            "text2image.how_walk",
            {"Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242"},
            sources("services.text2image.walk:walk"),
            steps=("sentence", "between", "sentence", "unet", "picture"),
        )
    form.run(scope, show=looped)
    return form


def looped(value: Json, say: Say) -> Sequence[Json]:
    """The stops play at once, and again."""
    return [{**value, "loop": True}]
