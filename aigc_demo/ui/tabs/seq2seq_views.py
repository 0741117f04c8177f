"""The views of the couplet tab: markup and words; what they do is in static/couplet.js."""

from typing import Any

import gradio as gr

from aigc_demo.services.seq2seq.famous import KNOWN
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import view

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


def stage() -> str:
    """Markup of the two lines with their threads."""
    return (
        '<div class="lx-pairing" role="group"><div class="lx-pairing-line lx-pairing-upper" role="group" '
        f'aria-label="{t("seq2seq.upper_line")}"></div><svg class="lx-threads" aria-hidden="true"></svg>'
        f'<div class="lx-pairing-line lx-pairing-lower" role="group" aria-label="{t("seq2seq.lower_line")}"></div>'
        "</div>"
    )


def couplet(elem_id: str, value: Any) -> gr.HTML:
    """An upper line, the lower lines found to it, who answers whom, and the true line behind a curtain."""
    sources = {f"source_{place}": f"seq2seq.source_{place}" for place in range(len(KNOWN))}
    spoken = words(**{name: f"seq2seq.{name}" for name in SPOKEN}, **sources)
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
    template = (
        f'<div class="lx-couplet lx-view" data-words="{spoken}"><p class="lx-nothing">{t("seq2seq.nothing")}</p>'
        f'<div class="lx-stage">{stage()}<p class="lx-thread-says" aria-live="off">{t("seq2seq.hover")}</p></div>'
        f'{truth}<div class="lx-below">{replies}{heads}</div></div>'
    )
    return view("couplet", template, value, elem_id=elem_id)


def two_sides(elem_id: str, value: Any) -> gr.HTML:
    """Greedy line, beam and times of both implementations."""
    names = ("greedy", "beam", "ms", "lines_same", "lines_apart")
    spoken = words(**{name: f"seq2seq.beside_{name}" for name in names})
    sides = "".join(
        f'<section data-side="{side}"><h3>{t(name)}</h3><p class="lx-small"></p><dl></dl></section>'
        for side, name in (("ours", "shell.beside_ours"), ("theirs", "seq2seq.beside_library"))
    )
    template = (
        f'<div class="lx-two-sides lx-view" data-words="{spoken}"><p class="lx-nothing">{t("seq2seq.nothing")}</p>'
        f'<p class="lx-verdict" hidden></p><div class="lx-sides">{sides}</div></div>'
    )
    return view("twoSides", template, value, elem_id=elem_id)
