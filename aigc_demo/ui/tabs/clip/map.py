"""Pictures and sentences on a plane."""

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.clip.page import box
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

PAPERS = {
    "Liang et al., Mind the Gap, 2022": "https://arxiv.org/abs/2203.02053",
    "Pearson, On Lines and Planes of Closest Fit, 1901": "https://doi.org/10.1080/14786440109462720",
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("clip_map", service)
    with form.tab():
        question("clip.predict_neighbours", form, "#clip_map-view")
        with bench():
            with controls():
                sentence = form.text("sentence", lines=2)
                again = gr.Button(t("clip.place"), elem_id="clip_map-again", size="sm")
                centred = form.check("centred")
            with result():
                legend = "".join(
                    f'<span data-kind="{kind}">{t(f"clip.point_{kind}")}</span>'
                    for kind in ("picture", "en", "zh", "own")
                )
                plane = '<div class="lx-plane-map"></div><p class="lx-verdict" hidden></p>'
                markup = f'<p class="lx-plane-key">{legend}</p>{plane}'
                shown = view(
                    "planeMap", box("mapped", "map_says map_own", markup), form.first_value, elem_id="clip_map-view"
                )
                form.outcome(("txt", "html", "png", "json"), line=False)
        how_it_works(
            r"V - \bar V = U S W^{\top}, \qquad (x_i, y_i) = (U_{i1} S_1, U_{i2} S_2)",
            "clip.how_map",
            PAPERS,
            sources("services.clip.map:principal"),
            steps=("picture", "picture_tower", "code", "plane"),
        )
    form.watch(shown, triggers=[sentence.submit, sentence.blur, again.click, centred.change])
    return form
