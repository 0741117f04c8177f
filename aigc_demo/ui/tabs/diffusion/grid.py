"""Every digit from the same seeds."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.diffusion.page import GUIDANCE
from aigc_demo.ui.tabs.parts import mosaic
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_grid", service)
    with form.tab():
        question("diffusion.predict_columns", form, "#diffusion_grid-view")
        with bench():
            with controls():
                form.slider("seeds", main=True)
                form.seed()
                form.buttons("diffusion.run_grid")
                with drawer():
                    form.fields("steps", "sampler", "guidance")
            with result():
                view = mosaic("diffusion_grid-view", "diffusion.grid_says", form.first_value)
                form.outcome(("png", "gif", "json"))
        how_it_works(
            r"\hat\epsilon = \epsilon_\theta(x_t, t, \varnothing) + w\,\big[\epsilon_\theta(x_t, t, c) - "
            r"\epsilon_\theta(x_t, t, \varnothing)\big]",
            "diffusion.how_grid",
            {"Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": GUIDANCE},
            sources("sampling.predict:Denoiser.__call__"),
            steps=("noise", "unet", "guidance", "picture"),
        )
    form.run(view)
    return form
