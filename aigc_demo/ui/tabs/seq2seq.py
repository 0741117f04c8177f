"""Couplet tab: an upper line is answered with lower lines, and one sees which character answers which."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.seq2seq.famous import KNOWN
from aigc_demo.services.seq2seq.plain import answer_value
from aigc_demo.services.seq2seq.requests import Pair
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import seq2seq_beside, seq2seq_training
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.tabs.seq2seq_views import couplet
from aigc_demo.ui.widgets import (
    badge,
    bench,
    controls,
    drawer,
    heading,
    honesty_badge,
    how_it_works,
    predict_card,
    progress,
    progress_line,
    result,
)

FORMATS = ("txt", "html", "png", "json")
PRESETS = (0, 1, 2, 3, 5, 6, 12, 14)  # numbers of known lines
PAPERS = {
    "Vaswani et al., Attention Is All You Need, 2017": "https://arxiv.org/abs/1706.03762",
    "Sutskever et al., Sequence to Sequence Learning with Neural Networks, 2014": "https://arxiv.org/abs/1409.3215",
    "Bahdanau et al., Neural Machine Translation by Jointly Learning to Align, 2014": "https://arxiv.org/abs/1409.0473",
}


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("seq2seq.title", "seq2seq.lead")
    with gr.Tabs(elem_id="inner-seq2seq"):
        forms = [pair(service), seq2seq_beside.beside(service)]
        seq2seq_training.training()
    return forms


def pair(service: Any) -> Form:
    """An upper line in, several lower lines out, with tones, threads and the truth."""
    form = Form("seq2seq_pair", Pair)
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
                    form.slider("lines")
                    form.choice("repeats")
                    form.text("pattern")
                    form.slider("beam")
                    form.slider("apart")
                    form.seed()
            with result():
                first = shipped_answer()
                view = couplet("seq2seq_pair-view", first and first["answer"])
                line = progress_line()
                note = honesty_badge(cached(first))
                form.save(FORMATS, lambda request, format: service.save(request, format))
                form.share(lambda request: service.python(request))
        words_below()

    def on_pair(request: Pair) -> Iterator[tuple[Any, Any, Any]]:
        """Answer an upper line; yields the lines as they grow, in the end with tones and alignment."""
        began = time.perf_counter()
        for step in service.pair(request):
            seed = request.seed if request.way == "draw" else None
            spent = (time.perf_counter() - began) * 1000
            note_value = badge("live", ms=spent, seed=seed, **service.facts()) if step.value.ended else gr.skip()
            yield answer_value(step.value), progress(step.done, step.total), note_value

    form.run(on_pair, [view, line, note])
    return form


def words_below() -> None:
    """A question, and how it works."""
    names = ["seq2seq.predict_pair_right", "seq2seq.predict_pair_b", "seq2seq.predict_pair_c"]
    predict_card("seq2seq.predict_pair", names, "seq2seq.predict_pair_reveal")
    sources = {
        f"aigc_demo/{path.replace('.', '/')}.py · {name}": function_text(path, name)
        for path, name in (
            ("models.seq2seq", "DecoderBlock.forward"),
            ("models.seq2seq", "CrossAttention.forward"),
            ("sampling.beam", "beam"),
            ("sampling.pairing", "pairing"),
        )
    }
    how_it_works(
        r"\operatorname{cross}(Y, X) = \operatorname{softmax}\!\left(\frac{Y W_Q (X W_K)^\top}{\sqrt{d}}\right) X W_V, "
        r"\qquad \text{cost} = -\frac{1}{S} \sum_{t=1}^{S} \ln p(y_t \mid y_{<t}, x)",
        "seq2seq.how_pair",
        PAPERS,
        sources,
    )


def shipped_answer() -> dict[str, Any] | None:
    """The first answer, which ships; None when it is not there."""
    found = home.shipped_value("seq2seq-couplets-pair")
    return found if found and {"answer", "parameters", "seed"} <= set(found) else None
