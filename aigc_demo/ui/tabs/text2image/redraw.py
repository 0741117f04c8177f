"""A picture is noised part of the way, and drawn again as the sentence says."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.text2image.page import scope, shown, start_picture, verdicts
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_redraw", service)
    with form.tab():
        with bench():
            with controls():
                start_picture(form)
                form.text("prompt")
                form.slider("strength")
                form.seed()
                form.buttons("text2image.run_redraw")
                with drawer():
                    form.fields("steps", "guidance", "sampler")
            with result():
                run, table = form.first_shown(shown, 2)
                views = [scope(form, run), verdicts(form, table)]
                form.outcome(("png", "gif", "mp4", "json"))
        question("text2image.predict_strength", form)
        how_it_works(
            r"x_s = (1-s)\,x_{\text{picture}} + s\,\epsilon, \quad s = \text{strength} "
            r"\;\longrightarrow\; x_{s-\Delta} \longrightarrow \dots \longrightarrow x_0",
            "text2image.how_redraw",
            {"Meng et al., SDEdit, 2021": "https://arxiv.org/abs/2108.01073"},
            sources("services.text2image.redraw:redraw"),
            steps=("drawing", "add_noise", "unet", "picture"),
        )
    form.run(*views, show=shown)
    return form
