"""Couplet tab, last part: how three upper lines were answered at moments of the training. All of it ships."""

from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.seq2seq.stage import stage
from aigc_demo.ui.tabs.time_machine import Behind, time_machine
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import scrubber, view

ASKED = 3  # upper lines
SPOKEN = ("across", "nats", "steps", "facts")
PAPERS = {
    "Sutskever et al., Sequence to Sequence Learning with Neural Networks, 2014": "https://arxiv.org/abs/1409.3215",
    "Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024": (
        "https://kellerjordan.github.io/posts/muon/"
    ),
}


def build(service: Service) -> None:
    """Three couplets and the cost of unseen ones under one scrubber."""
    time_machine(
        "seq2seq_pair",
        service,
        course,
        first_results.read("seq2seq-couplets-training"),
        Behind(
            r"\mathcal L = -\sum_{t} \ln p_\theta(y_t \mid y_{<t}, x)",
            PAPERS,
            sources("models.seq2seq:loss", "training.seq2seq:couplet_batches"),
            ("upper", "encoder", "decoder", "odds", "loss"),
        ),
        covers=".lx-charts",
    )


def course(elem_id: str, value: dict[str, Any] | None) -> gr.HTML:
    """The view, see couplet.js; a sentence where nothing ships."""
    if value is None:
        return view("coupletCourse", f'<p class="lx-nothing">{t("seq2seq.training_absent")}</p>', elem_id=elem_id)
    spoken = words(
        **{name: f"seq2seq.training_{name}" for name in SPOKEN},
        **{name: f"seq2seq.{name}" for name in ("cost_long", "asks", "asked", "unknown")},
    )
    boxes = f'<section class="lx-asked">{stage()}<p class="lx-small"></p></section>' * ASKED
    charts = plot("seq2seq.training_loss", legend(glow="seq2seq.training_held_out"))
    charts += plot("seq2seq.training_above", legend(glow="seq2seq.training_three"))
    template = (
        f'<div class="lx-couplet-course" data-words="{spoken}"><div class="lx-asked-all">{boxes}</div>{scrubber()}'
        f'<p class="lx-facts-line"></p><div class="lx-charts">{charts}</div></div>'
    )
    return view("coupletCourse", template, value, elem_id=elem_id)
