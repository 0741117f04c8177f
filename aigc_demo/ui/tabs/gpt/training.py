"""The time machine: the same prompt and seed at moments of all four trainings, and how a text is its own teacher."""

from pathlib import Path
from typing import Any

from aigc_demo.services import first_results
from aigc_demo.services.gpt.requests import MODELS
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import spoken
from aigc_demo.ui.tabs.time_machine import Behind, time_machine
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import scrubber, view

NAMES = "across up guess unigram characters facts mean input target cost"


def build(service: Service) -> None:
    """The same prompt and seed, and how a text is its own teacher."""
    time_machine(
        "gpt_write",
        service,
        lessons,
        addresses(),
        Behind(
            r"\mathcal L = -\frac1T \sum_{t=1}^{T} \log p_\theta(x_{t+1} \mid x_1, \dots, x_t), \qquad "
            r"\mathcal L_{\text{guess}} = \ln V",
            {
                "Radford et al., Improving Language Understanding by Generative Pre-Training, 2018": (
                    "https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf"
                ),
                "Shannon, Prediction and Entropy of Printed English, 1951": (
                    "https://doi.org/10.1002/j.1538-7305.1951.tb01366.x"
                ),
                "Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024": (
                    "https://kellerjordan.github.io/posts/muon/"
                ),
            },
            sources("training.language:loss_of", "training.language:windows"),
            ("text", "transformer", "odds", "loss"),
        ),
        words="inside",
    )


def addresses(folder: Path = first_results.EXAMPLES) -> dict[str, str] | None:
    """Model -> where the page finds what `python -m aigc_demo.training.time_machine` wrote; None without any."""
    found = {}
    for model in MODELS:
        try:
            found[model] = first_results.address(f"{model}-training.json", folder)
        except OSError:
            continue
    return found or None


def lessons(elem_id: str, value: dict[str, str] | None) -> Any:
    """The view, see training.js; a sentence where nothing ships."""
    if value is None:
        return view("lessons", f'<p class="lx-nothing">{t("inside.training_absent")}</p>', elem_id=elem_id)
    buttons = "".join(
        f'<button type="button" data-model="{model}" aria-pressed="false">{t("gpt.model_" + model.replace("-", "_"))}'
        "</button>"
        for model in value
    )
    curve = plot("inside.training_plot", legend(glow="inside.training_learning", water="inside.training_held"))
    template = (
        f'<div class="lx-lessons" data-words="{spoken("training", NAMES)}"><div class="lx-layers" role="group" '
        f'aria-label="{t("field.model")}">{buttons}</div><div><div class="lx-text" tabindex="0" role="group" '
        f'aria-label="{t("tokens.box")}"></div></div>{curve}{scrubber()}<p class="lx-facts-line"></p>'
        f'<section class="lx-teacher"><h3>{t("inside.teacher")}</h3><p>{t("inside.teacher_words")}</p>'
        '<div class="lx-teacher-box" tabindex="0"><table></table></div><p class="lx-small lx-teacher-mean"></p>'
        "</section></div>"
    )
    return view("lessons", template, value, elem_id=elem_id)
