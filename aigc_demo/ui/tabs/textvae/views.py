"""The views of the text VAE tab: markup and words; what they do is in views.js."""

from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import view_box, words
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import scrubber, view

NOTES = "replaced unread cut end"
MODELS = ("lm", "vae", "vae_inputless", "lm_inputless")
CODES = ("vae", "vae_inputless")  # those of them that have a code
SVG = '<svg viewBox="0 0 640 190" role="img" aria-label="{label}"></svg>'


def box(kind: str, names: str, markup: str) -> str:
    """The box of a view with its words, and what stands there without any result."""
    keys = {name: f"textvae.{name}" for name in f"{NOTES} {names}".split()}
    return view_box(kind, keys, "textvae.nothing", markup)


def way(elem_id: str, value: Any) -> gr.HTML:
    """The sentence at the slider, large; both ways below it, step by step; the codes of both ends."""
    label = t("textvae.dimensions")
    hues = legend(water="textvae.code_a", reed="textvae.code_b", glow="textvae.code_now")
    columns = "".join(
        f'<section><h3>{t(f"textvae.{name}")}</h3><p class="lx-small">{t(f"textvae.{name}_note")}</p>'
        f'<ol class="lx-tv-steps" data-way="{name}"></ol></section>'
        for name in ("codes", "fade")
    )
    around = "".join(f'<section><h3></h3><ul data-near="{end}"></ul></section>' for end in ("first", "last"))
    markup = (
        '<div class="lx-tv-now"><p class="lx-tv-now-text"></p><p class="lx-tv-now-fade"></p></div>'
        f"{scrubber()}"
        f'<div class="lx-tv-notes"></div><div class="lx-tv-two">{columns}</div>'
        f'<figure class="lx-chart lx-tv-codes"><figcaption>{label}</figcaption>{SVG.format(label=label)}'
        f'<p class="lx-small lx-caption">{hues}</p></figure>'
        f'<p class="lx-small lx-caption lx-tv-near-title">{t("textvae.near_note")}</p>'
        f'<div class="lx-tv-two lx-tv-near">{around}</div>'
    )
    names = "near_a near_b fade_now"
    return view("textway", box("textway", names, markup), value, elem_id=elem_id)


def sentences(elem_id: str, value: Any) -> gr.HTML:
    """Sentences that were drawn, every word tinted by how sure the model was."""
    markup = (
        '<div class="lx-tv-notes"></div><div class="lx-tv-middle" hidden><p class="lx-small"></p>'
        '<p class="lx-tv-middle-text"></p></div>'
        f'<p class="lx-small lx-caption lx-tv-drawn-title"></p><ul class="lx-tv-drawn"></ul>'
        f'<p class="lx-small lx-caption">{t("textvae.tint_note")}</p>'
    )
    names = "middle drawn_prior drawn_around away nothing_written"
    return view("textdrawn", box("textdrawn", names, markup), value, elem_id=elem_id)


def rivals(elem_id: str, value: Any) -> gr.HTML:
    """What a line costs four models, word by word; the KL of every dimension; a line rebuilt with words hidden."""
    rows = "".join(
        f'<div class="lx-cost-row" data-model="{name}"><p><b>{t(f"textvae.model_{name}")}</b><output></output></p>'
        '<div class="lx-cost-bar"><i class="lx-cost-words"></i><i class="lx-cost-kl"></i></div>'
        '<div class="lx-cost-signs"></div></div>'
        for name in MODELS
    )
    hues = legend(water="textvae.cost_words", glow="textvae.cost_kl")
    markup = (
        f'<div class="lx-tv-notes"></div><h3>{t("textvae.costs")}</h3><p class="lx-small lx-caption">{hues}</p>'
        f'<div class="lx-cost-rows">{rows}</div><p class="lx-verdict" hidden></p>'
        f'<h3>{t("textvae.hide")}</h3><p class="lx-small">{t("textvae.hide_note")}</p>'
        f'<div class="lx-tv-hide"><p>{t("textvae.hide_true")}</p><div data-line="true"></div>'
        f'<p>{t("textvae.hide_shown")}</p><div data-line="shown"></div>'
        f'<p>{t("textvae.hide_said")}</p><div data-line="said"></div></div>'
        '<p class="lx-small lx-tv-hide-says"></p>'
    )
    names = "cost_total cost_kl_of cost_says hide_says"
    return view("textcosts", box("textcosts", names, markup), value, elem_id=elem_id)


def bars(elem_id: str, value: Any) -> gr.HTML:
    """The mean KL of every dimension over the held-out sentences, a small chart per model."""
    spoken = words(**{name: f"textvae.{name}" for name in ("kl_axis", "kl_nats", "kl_sum")})
    charts = "".join(plot(f"textvae.dims_{name}") for name in CODES)
    template = f'<div class="lx-kl-bars" data-words="{spoken}">{charts}</div>'
    return view("textbars", template, value, elem_id=elem_id)


def course(elem_id: str, value: dict[str, Any] | None) -> gr.HTML:
    """The time machine of both trainings; a sentence where nothing ships."""
    if not value:
        return view("textcourse", f'<p class="lx-nothing">{t("textvae.training_absent")}</p>', elem_id=elem_id)
    spoken = words(**{name: f"textvae.training_{name}" for name in ("across", "nats", "weight", "sentences", "facts")})
    buttons = "".join(
        f'<button type="button" data-corpus="{name}">{t(f"textvae.corpus_{name}")}</button>' for name in value
    )
    costs = plot("textvae.training_costs", legend(water="textvae.training_words", glow="textvae.training_kl"))
    weight = plot("textvae.training_annealing")
    columns = "".join(
        f'<section><h3>{t(f"textvae.training_{name}")}</h3><ul data-list="{name}"></ul></section>'
        for name in ("drawn", "rebuilt")
    )
    between = (
        f"<details><summary>{t('textvae.training_way')}</summary>"
        '<div class="lx-tv-three"><ul data-list="way"></ul></div></details>'
    )
    template = (
        f'<div class="lx-textcourse" data-words="{spoken}"><div class="lx-tv-choose" role="group">{buttons}</div>'
        f'{scrubber()}<p class="lx-facts-line"></p><div class="lx-tv-three">{columns}</div>'
        f'<div class="lx-charts">{costs}{weight}</div>{between}</div>'
    )
    return view("textcourse", template, value, elem_id=elem_id)
