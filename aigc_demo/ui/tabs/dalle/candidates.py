"""Several pictures of one sentence, ranked by CLIP; another sentence ranks the same pictures anew."""

import gradio as gr

from aigc_demo.services.dalle.requests import CHECKPOINT
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.dalle.page import DALLE, box, sampling
from aigc_demo.ui.tabs.measured import measured
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

USE_CASE = "dalle_candidates"
SHARES = (
    ("dalle.measured_one", "all_right"),
    ("dalle.measured_best4", "all_right_best4"),
    ("dalle.measured_best16", "all_right_best16"),
)


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm(USE_CASE, service)
    with form.tab():
        question("dalle.predict_rank", form, f"#{USE_CASE}-view")
        with bench():
            with controls():
                form.text("prompt", lines=2, main=True)
                scene_parts.marks(form)
                form.slider("count", main=True)
                form.seed()
                form.buttons("dalle.run_candidates")
                rank = form.text("rank", lines=2)
                again = gr.Button(t("dalle.rank_again"), elem_id=f"{USE_CASE}-again", size="sm")
                with drawer():
                    form.slider("temperature")
                    sampling(form)
            with result():
                markup = '<p class="lx-verdict" hidden></p><ol></ol>'
                template = box("ranked", "candidate ranked_says", markup)
                shown = view("ranked", template, form.first_value, elem_id=f"{USE_CASE}-view")
                form.outcome(("png", "json"))
                measured(CHECKPOINT, "dalle.measured", *SHARES)
        how_it_works(
            r"\hat x = \arg\max_{x^{(1)}, \dots, x^{(n)}} \cos\big(f(\text{text}), g(x^{(k)})\big)",
            "dalle.how_candidates",
            DALLE | {"Radford et al., CLIP, 2021": "https://arxiv.org/abs/2103.00020"},
            sources("services.dalle.candidates:similarity", "models.clip:CLIP.encode_picture"),
            steps=("sentence", "transformer", "pictures", "clip", "best"),
        )
    form.run(shown)
    form.watch(shown, triggers=[rank.submit, again.click], api_name=f"{USE_CASE}_rank")
    return form
