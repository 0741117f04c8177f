"""From the noise of one seed to that of another."""

from collections.abc import Sequence

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_choice
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.microscope import microscope
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_walk", service)
    with form.tab():
        question("diffusion.predict_walk", form, "#diffusion_walk-scope")
        with bench():
            with controls():
                digit_choice(form)
                form.slider("frames", main=True)
                form.number("seed_from")
                form.number("seed_to")
                form.buttons("diffusion.run_walk")
                with drawer():
                    form.fields("steps", "sampler", "guidance")
            with result():
                scope = microscope(*form.first_shown(looped, 1), elem_id="diffusion_walk-scope")
                form.outcome(("gif", "mp4", "png", "json"))
        how_it_works(
            r"\mathrm{slerp}(a, b, s) = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + \frac{\sin(s\theta)}{\sin\theta}\,b, "
            r"\qquad \cos\theta = \frac{a \cdot b}{|a|\,|b|}",
            "diffusion.how_walk",
            {"Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242"},
            sources("sampling.latent:slerp"),
            steps=("noise", "between", "noise", "unet", "picture"),
        )
    form.run(scope, show=looped)
    return form


def looped(value: Json, say: Say) -> Sequence[Json]:
    """The stops play at once, and again."""
    return [{**value, "loop": True}]
