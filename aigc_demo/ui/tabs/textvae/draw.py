"""Sentences of codes drawn from the prior, or around a sentence."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.textvae import views
from aigc_demo.ui.tabs.textvae.page import PAPER
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

FORMATS = ("txt", "html", "png", "json")
DRAWS: dict[str, dict[str, Any]] = {
    "textvae.try_prior": {"corpus": "verse", "around": "", "spread": 1.0},
    "textvae.try_near": {"corpus": "verse", "around": "明月松间照", "spread": 1.0},
    "textvae.try_far": {"corpus": "verse", "around": "", "spread": 2.0},
    "textvae.try_reviews": {"corpus": "reviews", "around": "", "spread": 1.0},
    "textvae.try_near_review": {"corpus": "reviews", "around": "a touching story of love", "spread": 1.0},
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("textvae_draw", service)
    with form.tab():
        with bench():
            with controls():
                form.choice("corpus", radio=True)
                form.text("around")
                form.slider("temperature", main=True)
                form.slider("spread")
                form.seed()
                form.presets(DRAWS)
                with drawer():
                    form.slider("count")
            with result():
                shown = views.sentences("textvae_draw-view", form.first_value)
                form.outcome(FORMATS, library="textvae.plain_torch", line=False)
        question("textvae.predict_draw", form)
        how_it_works(
            r"z \sim \mathcal N(0, I) \quad \text{or} \quad z = \mu(x) + s\,\sigma(x)\,\varepsilon, \qquad "
            r"x_i \sim \operatorname{softmax}\big(\ell_i(x_{<i}, z) / T\big)",
            "textvae.how_draw",
            PAPER,
            sources("models.vae:Posterior.sample"),
            steps=("noise", "decoder", "sentence"),
        )
    form.latest_wins("corpus", "around", "")  # it is of the other language
    form.watch(shown)
    return form
