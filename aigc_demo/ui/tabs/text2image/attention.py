"""Where each word is looked at, step by step."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import mosaic
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_attention", service)
    with form.tab():
        question("text2image.predict_where", form, "#text2image_attention-view")
        with bench():
            with controls():
                form.text("prompt", lines=2, main=True)
                form.slider("steps")
                form.seed()
                form.buttons("text2image.run_attention")
                with drawer():
                    form.slider("guidance")
            with result():
                view = mosaic("text2image_attention-view", "text2image.attention_says", form.first_value)
                form.outcome(("png", "json"))
        how_it_works(
            r"\mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt d}\right)V, \qquad Q = W_Q\,h_{\text{pixel}}, \quad "
            r"K = W_K\,c_{\text{word}}, \quad V = W_V\,c_{\text{word}}",
            "text2image.how_attention",
            {"Tang et al., What the DAAM: Interpreting Stable Diffusion, 2023": "https://arxiv.org/abs/2210.04885"},
            sources("services.text2image.attention:Listener", "services.text2image.attention:rows_of"),
            steps=("word", "attention", "place"),
        )
    form.run(view)
    return form
