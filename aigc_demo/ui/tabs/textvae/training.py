"""Text VAE tab, last part: what both models wrote at moments of their training, and what it cost. All of it ships."""

import json
from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.textvae.requests import OF
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.textvae import views
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import badge, heading, honesty_badge, how_it_works


def build(service: Service) -> None:
    """The time machine: sentences rebuilt and drawn, the way between two, and the curves with the annealing."""
    with gr.Tab(t("textvae.tab_training"), id="textvae_training", elem_id="tab-textvae_training"):
        heading("textvae.training_title", "textvae.training_lead")
        value = courses()
        views.course("textvae_training-view", value)
        honesty_badge(badge("cached") if value else None)
        form = UseCaseForm("textvae_draw", service)  # whose settings it leaves alone
        question("textvae.predict_training", form)
        how_it_works(
            r"\mathcal L = -\log p(x \mid z) + w \sum_d \max\big(\lambda, \mathrm{KL}_d\big), \qquad "
            r"w = \frac{1}{1 + e^{-12 (p / p_w - 1/2)}}",
            "textvae.how_training",
            {
                "Bowman et al., Generating Sentences from a Continuous Space, 2015, section 3.1": (
                    "https://arxiv.org/abs/1511.06349"
                )
            },
            sources("training.textvae:weight", "training.textvae:terms"),
            steps=("sentence", "encoder", "code", "decoder", "loss"),
        )


def courses() -> dict[str, Any] | None:
    """Corpus -> address of what `python -m aigc_demo.training.textvae_snapshots` wrote; None without any."""
    found = {}
    for corpus, id in OF.items():
        file = first_results.EXAMPLES / f"{id}-training.json"
        try:
            json.loads(file.read_text("utf-8"))
            found[corpus] = first_results.address(file.name)
        except (OSError, ValueError):
            continue
    return found or None
