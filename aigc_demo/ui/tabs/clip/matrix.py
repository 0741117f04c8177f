"""Six pictures, some sentences, and the similarity of every pair."""

import gradio as gr

from aigc_demo.services.clip.requests import CHECKPOINT
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.clip.page import CLIP, box
from aigc_demo.ui.tabs.measured import measured
from aigc_demo.ui.tabs.scene_parts import photo
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

SHARES = (
    ("clip.first_en", "retrieval_at_1_en"),
    ("clip.fifth_en", "retrieval_at_5_en"),
    ("clip.first_zh", "retrieval_at_1_zh"),
    ("clip.fifth_zh", "retrieval_at_5_zh"),
)


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("clip_matrix", service)
    with form.tab():
        with bench():
            with controls():
                lines = form.text("sentences", lines=5)
                again = gr.Button(t("clip.compare"), elem_id="clip_matrix-again", size="sm")
                form.slider("first", main=True)
                with drawer("scene.own"):
                    form.add("picture", photo("clip_matrix-picture"))
            with result():
                template = box(
                    "pairs", "cosine share says", '<div class="lx-pairs-table"></div><p class="lx-verdict" hidden></p>'
                )
                shown = view("pairs", template, form.first_value, elem_id="clip_matrix-view")
                form.outcome(("png", "json"), line=False)
                measured(CHECKPOINT, "clip.measured", *SHARES)
        question("clip.predict_matrix", form)
        how_it_works(
            r"s_{ij} = e^{\tau} \cos\big(f(\text{text}_i), g(\text{picture}_j)\big), \qquad "
            r"\mathcal L = \tfrac12\big(\mathrm{CE}(s, i) + \mathrm{CE}(s^{\top}, i)\big)",
            "clip.how_matrix",
            CLIP,
            sources("models.clip:CLIP.forward", "training.clip:contrastive_loss"),
            steps=("sentence", "text_tower", "code", "product", "picture_tower"),
        )
    form.watch(
        shown, triggers=[lines.blur, again.click, form.components["first"].change, form.components["picture"].change]
    )
    return form
