"""The conditional model: the noise stays, the class changes."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.classes import PAPERS
from aigc_demo.ui.tabs.gan.parts import ways
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

SPOKEN = {"arc": "gan.morph_way", "says": "gan.morph_says", "says_same": "gan.morph_says_same"}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_morph", service)
    with form.tab():
        with bench():
            with controls():
                form.choice("digit_from", radio=True)
                form.choice("digit_to", radio=True)
                form.seed()
                with drawer():
                    form.fields("frames", "limit")
            with result():
                shown = ways("gan_morph-view", form.first_value, SPOKEN)
                form.outcome(("gif", "mp4", "png", "json"), library="gan.plain_torch", line=False)
        question("gan.predict_morph", form)
        how_it_works(
            r"e = (1-s)\,e_{y_0} + s\,e_{y_1}, \qquad x = G(z, e)",
            "gan.how_morph",
            PAPERS,
            sources("models.gan:Generator.between"),
            steps=("class_a", "between", "class_b", "generator", "picture"),
        )
    form.watch(shown)
    return form
