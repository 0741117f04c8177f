"""A short run against a long one that was cut after as many steps."""

from collections.abc import Sequence

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.diffusion.page import DDIM
from aigc_demo.ui.tabs.parts import digit_choice, mosaic
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_cut", service)
    with form.tab():
        question("diffusion.predict_cut", form, "#diffusion_cut-view")
        with bench():
            with controls():
                digit_choice(form)
                form.slider("few", main=True)
                form.slider("many")
                form.seed()
                form.buttons("diffusion.run_cut")
                with drawer():
                    form.fields("sampler", "guidance")
            with result():
                view = mosaic("diffusion_cut-view", "diffusion.cut_says", *form.first_shown(named, 1))
                form.outcome(("png", "json"))
        how_it_works(
            r"t_i = \mathrm{round}\big(T\,(1 - i/N)\big) - 1, \qquad i = 0, \dots, N-1",
            "diffusion.how_cut",
            {"Song, Meng & Ermon, Denoising Diffusion Implicit Models, 2020": DDIM},
            sources("sampling.samplers:trailing_timesteps"),
            steps=("noise", "few_steps", "picture"),
        )
    form.run(view, show=named)
    return form


def named(value: Json, say: Say) -> Sequence[Json]:
    few, many, steps = value["few"], value["many"], say("diffusion.steps_short")
    columns = [
        f"{few} {steps} · {say('diffusion.cut_finished')}",
        f"{few} / {many} {steps} · {say('diffusion.cut_now')}",
        f"{few} / {many} {steps} · {say('diffusion.cut_guess')}",
        f"{many} {steps} · {say('diffusion.cut_finished')}",
    ]
    return [{**value, "rows": [""], "columns": columns, "notes": None}]
