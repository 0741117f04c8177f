"""Sentence A to sentence B; the slider moves in the browser."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.textvae import views
from aigc_demo.ui.tabs.textvae.page import PAPER
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

FORMATS = ("txt", "html", "png", "json")
MORPHS: dict[str, dict[str, Any]] = {
    "textvae.try_spring": {"corpus": "verse", "first": "春风吹又生", "last": "独钓寒江雪"},
    "textvae.try_moon": {"corpus": "verse", "first": "明月松间照", "last": "白日依山尽"},
    "textvae.try_hair": {"corpus": "verse", "first": "白发三千丈", "last": "海内存知己"},
    "textvae.try_seven": {"corpus": "verse", "first": "江城日暮好相邀", "last": "春风不度玉门关"},
    "textvae.try_love": {
        "corpus": "reviews",
        "first": "a beautiful film about love and loss",
        "last": "the plot makes no sense at all",
    },
    "textvae.try_best": {
        "corpus": "reviews",
        "first": "one of the best films of the year",
        "last": "a bad movie",
    },
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("textvae_morph", service)
    with form.tab():
        question("textvae.predict_morph", form, "#textvae_morph-view")
        with bench():
            with controls():
                form.choice("corpus", radio=True)
                form.text("first")
                form.text("last")
                form.slider("stops", main=True)
                form.presets(MORPHS)
                with drawer():
                    form.slider("temperature")
                    form.seed()
            with result():
                shown = views.way("textvae_morph-view", form.first_value)
                form.outcome(FORMATS, library="textvae.plain_torch", line=False)
        challenge("textvae.challenge_way", form)
        how_it_works(
            r"z_t = (1 - t)\,\mu(A) + t\,\mu(B), \qquad q(z \mid x) = \mathcal N(\mu(x), \sigma(x)^2), \qquad "
            r"p(x \mid z) = \prod_i p(x_i \mid x_{<i}, z)",
            "textvae.how_morph",
            PAPER,
            sources("models.textvae:TextVAE.encode", "models.textvae:write"),
            steps=("sentence", "encoder", "between", "decoder", "sentence"),
        )
    for end in ("first", "last"):  # of the other language; an empty box stands for an example
        form.latest_wins("corpus", end, "")
    form.watch(shown)
    return form
