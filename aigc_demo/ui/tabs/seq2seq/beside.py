"""Our network beside transformers' with the same weights: greedy line and beam of both, times, and every layer."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import every_layer, layer_bars, verdict, verdict_line, view_box
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import SENTENCE
from aigc_demo.ui.widgets import bench, controls, heading, how_it_works, result, view

PAPERS = {
    "Liu et al., Multilingual Denoising Pre-training for Neural Machine Translation (mBART), 2020": (
        "https://arxiv.org/abs/2001.08210"
    )
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("seq2seq_beside", service)
    with form.tab():
        heading("seq2seq.beside_title", "seq2seq.beside_lead")
        with bench():
            with controls():
                form.text("upper")
                form.slider("beam", main=True)
                form.buttons("seq2seq.run_beside")
            with result():
                both, _, rows = form.first_shown(compared, 3)
                views = [
                    two_sides("seq2seq_beside-view", both),
                    verdict_line(),
                    layer_bars("seq2seq_beside-layers", rows),
                ]
                form.outcome(line=False)
        question("seq2seq.predict_beam", form, "#seq2seq_beside-view")
        how_it_works(
            r"\Delta = \max_i \lvert z_i^{\text{ours}} - z_i^{\text{library}} \rvert",
            "seq2seq.how_beside",
            PAPERS,
            sources("pipelines.pairs.mbart:to_library", "pipelines.parity:compare"),
            steps=("upper", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """Lines and times, what all layers say, and the table of layers with the library's name."""
    return [value["sides"], verdict(say, value), every_layer(say, value, "seq2seq.layers_theirs")]


def two_sides(elem_id: str, value: Any) -> gr.HTML:
    """Greedy line, beam and times of both implementations."""
    names = ("greedy", "beam", "ms", "lines_same", "lines_apart")
    sides = "".join(
        f'<section data-side="{side}"><h3>{t(name)}</h3><p class="lx-small"></p><dl></dl></section>'
        for side, name in (("ours", "shell.beside_ours"), ("theirs", "seq2seq.beside_library"))
    )
    keys = {name: f"seq2seq.beside_{name}" for name in names}
    template = view_box("two-sides", keys, "seq2seq.nothing", f'{SENTENCE}<div class="lx-sides">{sides}</div>')
    return view("twoSides", template, value, elem_id=elem_id)
