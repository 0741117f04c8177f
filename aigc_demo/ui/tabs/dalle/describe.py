"""The same network the other way round: picture first, then a sentence in either language."""

from aigc_demo.services.dalle.requests import CHECKPOINT
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.dalle.page import DALLE, box
from aigc_demo.ui.tabs.measured import measured
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

SHARES = (
    ("dalle.measured_background", "described_background"),
    ("dalle.measured_object", "described_object"),
    ("dalle.measured_complete", "described_all"),
)


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("dalle_describe", service)
    with form.tab():
        question("dalle.predict_true", form, "#dalle_describe-view")
        with bench():
            with controls():
                scene_parts.pictures(form)
                form.seed()
                form.buttons("dalle.run_describe")
                with drawer():
                    form.fields("drawn", "temperature")
            with result():
                lists = "".join(
                    f'<section data-lang="{lang}"><h3>{t(f"dalle.in_{lang}")}</h3><ol></ol><p></p></section>'
                    for lang in ("en", "zh")
                )
                picture = f'<figure><canvas role="img" aria-label="{t("dalle.given")}"></canvas></figure>'
                template = box("described", "agrees differs truth", f"{picture}<div>{lists}</div>")
                shown = view("sentences", template, form.first_value, elem_id="dalle_describe-view")
                form.outcome(("txt", "html", "png", "json"))
                measured(CHECKPOINT, "dalle.measured", *SHARES)
        how_it_works(
            r"p(w_1, \dots, w_n \mid x) = \prod_{i=1}^{n} p(w_i \mid x_1, \dots, x_{64}, \text{language}, w_{1..i-1})",
            "dalle.how_describe",
            DALLE,
            sources("models.dalle:DALLE.to_describe", "services.dalle.describe:probabilities"),
            steps=("picture", "tokens", "transformer", "sentence"),
        )
    scene_parts.connect(form)
    form.run(shown)
    return form
