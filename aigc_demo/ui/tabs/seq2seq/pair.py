"""An upper line in, several lower lines out, with tones, threads and the truth."""

from typing import Any

import gradio as gr

from aigc_demo.services.seq2seq.famous import KNOWN
from aigc_demo.services.service import Service
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import view_box
from aigc_demo.ui.tabs.seq2seq.stage import stage
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

PRESETS = (0, 1, 2, 3, 5, 6, 12, 14)  # numbers of known lines
PAPERS = {
    "Vaswani et al., Attention Is All You Need, 2017": "https://arxiv.org/abs/1706.03762",
    "Sutskever et al., Sequence to Sequence Learning with Neural Networks, 2014": "https://arxiv.org/abs/1409.3215",
    "Bahdanau et al., Neural Machine Translation by Jointly Learning to Align, 2014": "https://arxiv.org/abs/1409.0473",
}
SPOKEN = (
    "cost",
    "cost_long",
    "tone_good",
    "tone_bad",
    "asks",
    "asked",
    "chance",
    "level",
    "oblique",
    "either",
    "unknown",
    "head",
    "head_all",
    "head_same",
    "better",
    "best",
    "all_tones",
    "some_tones",
)


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("seq2seq_pair", service)
    with form.tab():
        with bench():
            with controls():
                form.text("upper")
                form.choice("way", radio=True)
                form.choice("tones")
                form.slider("temperature", main=True)
                form.buttons("seq2seq.run_pair")
                known = list(KNOWN)
                form.presets({f"seq2seq.try_{number}": {"upper": known[number]} for number in PRESETS})
                gr.HTML(f'<p class="lx-small">{t("seq2seq.held_out")}</p>')
                with drawer():
                    form.fields("lines", "repeats")
                    form.text("pattern")
                    form.fields("beam", "apart")
                    form.seed()
            with result():
                answers = couplet("seq2seq_pair-view", form.first_value)
                form.outcome(("txt", "html", "png", "json"))
        question("seq2seq.predict_pair", form)
        challenge("seq2seq.challenge_tones", form)
        how_it_works(
            r"\operatorname{cross}(Y, X) = \operatorname{softmax}\!\left(\frac{Y W_Q (X W_K)^\top}{\sqrt{d}}\right) "
            r"X W_V, \qquad \text{cost} = -\frac{1}{S} \sum_{t=1}^{S} \ln p(y_t \mid y_{<t}, x)",
            "seq2seq.how_pair",
            PAPERS,
            sources(
                "models.seq2seq:DecoderBlock.forward",
                "models.seq2seq:CrossAttention.forward",
                "sampling.beam:beam",
                "sampling.pairing:pairing",
            ),
            steps=("upper", "encoder", "attention", "decoder", "lower"),
        )
    form.run(answers)
    return form


def couplet(elem_id: str, value: Any) -> gr.HTML:
    """An upper line, the lower lines found to it, who answers whom, and the true line behind a curtain."""
    keys = {name: f"seq2seq.{name}" for name in (*SPOKEN, *(f"source_{place}" for place in range(len(KNOWN))))}
    truth = (
        f'<section class="lx-true-line" hidden><p><b>{t("seq2seq.truth_title")}</b> <span></span></p>'
        f'<button type="button" class="lx-button">{t("seq2seq.truth_reveal")}</button>'
        '<div class="lx-true-reply" hidden></div></section>'
    )
    heads = (
        f'<div class="lx-look-maps"><h3>{t("seq2seq.heads_title")}</h3>'
        f'<p class="lx-small">{t("seq2seq.heads_words")}</p><div class="lx-head-grid" role="group"></div>'
        '<p class="lx-small lx-head-says"></p></div>'
    )
    replies = (
        f'<div class="lx-ranking"><h3>{t("seq2seq.replies_title")}</h3><p class="lx-small">{t("seq2seq.replies_words")}'
        '</p><ol class="lx-replies"></ol></div>'
    )
    markup = (
        f'<div class="lx-stage">{stage()}<p class="lx-thread-says" aria-live="off">{t("seq2seq.hover")}</p></div>'
        f'{truth}<div class="lx-below">{replies}{heads}</div>'
    )
    return view("couplet", view_box("couplet", keys, "seq2seq.nothing", markup), value, elem_id=elem_id)
