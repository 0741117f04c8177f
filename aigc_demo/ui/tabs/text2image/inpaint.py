"""A part of a picture is drawn again as the sentence says; the rest stays."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import sketch
from aigc_demo.ui.tabs.text2image.page import scope, shown, start_picture, verdicts
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_inpaint", service)
    with form.tab():
        with bench():
            with controls():
                start_picture(form)
                form.text("prompt")
                form.choice("region", radio=True)
                with drawer("text2image.own_mask"):
                    form.add("mask", sketch("text2image_inpaint-mask", "text2image.mask", "text2image.mask_here"))
                form.seed()
                form.buttons("text2image.run_inpaint")
                with drawer():
                    form.fields("steps", "guidance", "sampler")
            with result():
                run, table = form.first_shown(shown, 2)
                views = [scope(form, run), verdicts(form, table)]
                form.outcome(("png", "gif", "mp4", "json"))
        question("text2image.predict_kept", form)
        how_it_works(
            r"\hat x_0 \leftarrow m \odot \hat x_0 + (1-m) \odot x_{\text{picture}}, \qquad "
            r"\hat\epsilon \leftarrow m \odot \hat\epsilon + (1-m) \odot \epsilon",
            "text2image.how_inpaint",
            {"Avrahami et al., Blended Diffusion, 2022": "https://arxiv.org/abs/2111.14818"},
            sources("services.text2image.inpaint:kept"),
            steps=("picture", "mask", "unet", "picture"),
        )
    form.run(*views, show=shown)
    return form
