"""A given picture is noised part of the way, and denoised from there."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.diffusion.draw import OPENS
from aigc_demo.ui.tabs.parts import digit_choice, digit_picker, sketch
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.microscope import microscope
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_redraw", service)
    with form.tab():
        with bench():
            with controls():
                form.add("drawing", sketch("diffusion_redraw-drawing"))
                form.add("sample", digit_picker("diffusion_redraw-sample"))
                form.slider("level", main=True)
                digit_choice(form)
                form.seed()
                form.buttons("diffusion.run_redraw")
                with drawer():
                    form.fields("steps", "sampler", "guidance")
            with result():
                scope = microscope(
                    form.first_value and {**form.first_value, "opens": OPENS}, elem_id="diffusion_redraw-scope"
                )
                form.outcome(("png", "gif", "mp4", "json"))
        question("diffusion.predict_level", form)
        how_it_works(
            r"x_t = \sqrt{\bar\alpha_t}\; x_{\text{drawn}} + \sqrt{1-\bar\alpha_t}\;\epsilon "
            r"\;\longrightarrow\; x_{t-1} \longrightarrow \dots \longrightarrow x_0",
            "diffusion.how_redraw",
            {"Meng et al., SDEdit, 2021": "https://arxiv.org/abs/2108.01073"},
            sources("services.diffusion.redraw:redraw"),
            steps=("drawing", "add_noise", "unet", "picture"),
        )
    form.run(scope)
    return form
