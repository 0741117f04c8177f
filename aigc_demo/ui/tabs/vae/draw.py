"""Digits that nobody wrote, decoded from random codes."""

from aigc_demo.services.service import Service
from aigc_demo.services.vae.requests import ANY
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import mosaic
from aigc_demo.ui.tabs.vae.page import KINGMA
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.own import own_model
from aigc_demo.ui.widgets import bench, controls, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_draw", service)
    with form.tab():
        with bench():
            with controls():
                form.slider("temperature", main=True)
                form.choice("kind", radio=True)
                form.choice("code", radio=True)
                own_model(form, "kind", "code")
                options = [(str(digit), digit) for digit in range(10)]
                form.choice("digit", options=[*options, (t("vae.digit_all"), ANY)], radio=True)
                form.seed()
                form.presets(
                    {
                        "vae.try_mean": {"kind": "vae", "temperature": 0},
                        "vae.try_hot": {"kind": "vae", "code": 16, "temperature": 2.5},
                        "vae.try_classes": {"kind": "cvae", "code": 2, "temperature": 1, "digit": ANY},
                        "vae.try_no_prior": {"kind": "ae", "code": 16, "temperature": 1},
                    }
                )
            with result():
                shown = mosaic("vae_draw-view", "vae.draw_says", form.first_value)
                form.outcome(("png", "json"), library="vae.plain_torch", line=False)
        question("vae.predict_prior", form)
        how_it_works(
            r"z \sim \mathcal N(0, \tau^2), \qquad x = p_\theta(x \mid z)",
            "vae.how_draw",
            {
                **KINGMA,
                "Sohn et al., Structured Output Representation using Deep Conditional Generative Models, 2015": (
                    "https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-"
                    "conditional-generative-models"
                ),
            },
            sources("models.vae:VAE.decode", "models.vae:VAE.condition"),
            steps=("noise", "decoder", "picture"),
        )
    form.watch(shown)
    return form
