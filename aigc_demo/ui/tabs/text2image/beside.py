"""Our code and a StableDiffusionPipeline of diffusers, same weights, same noise."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.diffusion.beside import compared
from aigc_demo.ui.tabs.parts import layer_bars, mosaic, verdict_line
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=2)
                form.fields("mistake", "steps")
                form.seed()
                form.buttons("text2image.run_beside")
                with drawer():
                    form.text("negative")
                    form.slider("guidance")
            with result():
                pictures, _, rows = form.first_shown(compared, 3)
                views = [
                    mosaic("text2image_beside-view", "text2image.beside_says", pictures),
                    verdict_line("text2image_beside-verdict"),
                    layer_bars("text2image_beside-layers", rows),
                ]
                form.outcome(("png", "json"))
        question("text2image.predict_mistake", form)
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_s, s, c) - f^{\text{diffusers}}_i(x_s, s, c) \right| \le 10^{-4}",
            "text2image.how_beside",
            {
                "diffusers, StableDiffusionPipeline": "https://huggingface.co/docs/diffusers/api/pipelines/"
                "stable_diffusion/text2img"
            },
            sources("pipelines.stable_diffusion:to_stable_diffusion", "pipelines.parity:compare"),
            steps=("sentence", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form
