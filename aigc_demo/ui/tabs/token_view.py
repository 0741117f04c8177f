"""The view of a text that a language model wrote, for every family; what it does is in static/tokens.js."""

from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import view

LEVELS = {"100 %": 0.0, "10 %": 0.33, "1 %": 0.67, "0.1 %": 1.0}  # of probability -> strength of the tint
SPOKEN = ("thought", "drawn", "surprise", "entropy", "first", "summary", "cut", "speed")


def legend() -> str:
    levels = "".join(f'<i style="--lx-odd:{strength}">{level}</i>' for level, strength in LEVELS.items())
    return f'<p class="lx-legend-odds"><span>{t("tokens.legend")}</span>{levels}</p>'


def text_box(label: str = "tokens.box", empty: str = "tokens.empty") -> str:
    """The box of a text that `luoxia.tokenText` fills."""
    return f'<div class="lx-text" tabindex="0" role="group" aria-label="{t(label)}" data-empty="{t(empty)}"></div>'


def panel() -> str:
    """Where the rivals of a place are shown."""
    return (
        f'<div class="lx-token-panel"><p class="lx-look-hint">{t("tokens.hint")}</p>'
        f'<div class="lx-token-facts" aria-live="polite"></div>'
        f'<ul class="lx-rivals-list" aria-label="{t("tokens.rivals")}"></ul></div>'
    )


def chart() -> str:
    """Surprise and entropy along the text."""
    return (
        f'<figure class="lx-token-chart"><figcaption><b>{t("tokens.chart")}</b>'
        f'<span class="lx-key lx-key-glow">{t("tokens.chart_surprise")}</span>'
        f'<span class="lx-key lx-key-water">{t("tokens.chart_entropy")}</span></figcaption>'
        f'<div class="lx-chart-scale" aria-hidden="true"><span class="lx-chart-top">4</span><span>0</span></div>'
        f'<svg viewBox="0 0 600 80" preserveAspectRatio="none" role="img" aria-label="{t("tokens.chart")}"></svg>'
        '<p class="lx-chart-note"></p></figure>'
    )


def token_view(elem_id: str, value: Any = None, *, curve: bool = True) -> gr.HTML:
    """A text that streams in, token by token; value is that of services/gpt/token_parts.py, the first one ships.

    Facts beside the tokens: `cut`, tokens of the prompt that were not read; `speed`, tokens a second.
    """
    spoken = words(**{name: f"tokens.{name}" for name in SPOKEN})
    template = (
        f'<div class="lx-tokens lx-view" data-ready="" data-words="{spoken}">'
        f'<div class="lx-token-head">{legend()}<output class="lx-speed"></output></div>{text_box()}'
        f'<p class="lx-cut" role="note" hidden></p>{panel()}'
        f"{chart() if curve else ''}</div>"
    )
    return view("tokens", template, value and {**value, "run": "shipped"}, elem_id=elem_id)
