"""Labels that nobody trained: the one whose sentence is nearest to the picture."""

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.clip.page import CLIP, box
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("clip_classify", service)
    with form.tab():
        with bench():
            with controls():
                scene_parts.pictures(form)
                labels = form.text("labels", lines=5)
                again = gr.Button(t("clip.compare"), elem_id="clip_classify-again", size="sm")
            with result():
                picture = f'<figure><canvas role="img" aria-label="{t("clip.given")}"></canvas></figure>'
                template = box("described", "truth", f"{picture}<section><ol></ol><p></p></section>")
                shown = view("labels", template, form.first_value, elem_id="clip_classify-view")
                form.outcome(("txt", "html", "png", "json"), line=False)
        challenge("clip.challenge_fool", form)
        question("clip.predict_none", form)
        how_it_works(
            r"p(\text{label}_i \mid x) = \operatorname{softmax}_i\big(e^{\tau} \cos(f(\text{label}_i), g(x))\big)",
            "clip.how_classify",
            CLIP,
            sources("services.clip.classify:classify", "models.clip:TextTower.pool"),
            steps=("picture", "picture_tower", "code", "nearest", "sentence"),
        )
    scene_parts.connect(form)
    pictures = [form.components[name].change for name in ("sample", "picture")]
    form.watch(shown, triggers=[labels.blur, again.click, *pictures])
    return form
