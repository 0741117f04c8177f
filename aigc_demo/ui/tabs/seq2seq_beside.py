"""Couplet tab, second part: our network beside transformers' with the same weights."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.seq2seq.plain import sides_value
from aigc_demo.services.seq2seq.requests import Beside
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.parts import Say, cached, layer_table, table, verdict_view, verdict_words
from aigc_demo.ui.tabs.seq2seq_views import two_sides
from aigc_demo.ui.widgets import badge, bench, controls, heading, honesty_badge, how_it_works, result

PAPERS = {
    "Liu et al., Multilingual Denoising Pre-training for Neural Machine Translation (mBART), 2020": (
        "https://arxiv.org/abs/2001.08210"
    )
}


def beside(service: Any) -> Form:
    """Greedy line and beam of both, the time of each, and every layer."""
    form = Form("seq2seq_beside", Beside)
    with form.tab():
        heading("seq2seq.beside_title", "seq2seq.beside_lead")
        first = shipped_sides()
        with bench():
            with controls():
                form.text("upper")
                form.slider("beam", main=True)
                form.buttons("seq2seq.run_beside")
            with result():
                view = two_sides("seq2seq_beside-view", first and first["sides"])
                verdict = gr.HTML(**verdict_view())
                layers = table("seq2seq_beside-layers", first and rows(t, first["layers"], first["first"]))
                note = honesty_badge(cached(first))
                form.share(lambda request: service.python(request), "shell.library")
        sources = {
            "aigc_demo/pipelines/pairs/mbart.py · to_library": function_text("pipelines.pairs.mbart", "to_library"),
            "aigc_demo/pipelines/parity.py · compare": function_text("pipelines.parity", "compare"),
        }
        how_it_works(
            r"\Delta = \max_i \lvert z_i^{\text{ours}} - z_i^{\text{library}} \rvert",
            "seq2seq.how_beside",
            PAPERS,
            sources,
        )

    def on_beside(request: Beside, lang: str) -> tuple[Any, Any, Any, Any]:
        """Answer with both; gives lines and times, what all layers say, the table of layers and the badge."""
        made = service.beside(request)
        facts = badge("live", ms=made.ours.greedy_ms + made.theirs.greedy_ms, **service.facts())
        return (
            sides_value(made),
            verdict_words(lang, made, made.tolerance),
            rows(lambda key: tr(lang, key), made.layers, made.first),
            facts,
        )

    form.run(on_beside, [view, verdict, layers, note])
    return form


def rows(say: Say, layers: Sequence[Sequence[Any]], first: int | None) -> dict[str, Any]:
    """The table of layers, with the library's name."""
    value = layer_table(say, layers, first)
    return {**value, "head": [value["head"][0], say("seq2seq.layers_theirs"), *value["head"][2:]]}


def shipped_sides() -> dict[str, Any] | None:
    """The first comparison, which ships; None when it is not there."""
    found = home.shipped_value("seq2seq-couplets-beside")
    needed = {"sides", "layers", "first", "parameters", "seed"}
    return found if found and needed <= set(found) else None
