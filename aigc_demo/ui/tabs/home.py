"""The landing view: one real run to play with, and a door into every family."""

import os
from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.checkpoints.catalogue import Family, shipped
from aigc_demo.services import home
from aigc_demo.ui.i18n import t
from aigc_demo.ui.paths import paths_markup
from aigc_demo.ui.widgets import badge, honesty_badge, scrubber, view

PANES = ("x", "x0")  # of a run, shown large; the strip is of the first run that has them


def build(families: Sequence[Family]) -> None:
    with gr.Column(elem_id="page-home", elem_classes="lx-page"):
        runs = home.runs(families)
        gr.HTML(f'<p class="lx-tagline">{t("shell.tagline")}</p>')
        first = next((stem for stem, run in runs.items() if set(PANES) <= set(run["panes"])), None)
        if first is not None:
            view("strip", strip_markup(first), runs[first], elem_id="lx-strip")
            honesty_badge(badge("cached", parameters=runs[first].get("parameters"), seed=runs[first].get("seed")))
        gr.HTML(f'<h2 class="lx-section">{t("path.begin")}</h2>')
        view("paths", paths_markup())
        gr.HTML(f'<h2 class="lx-section">{t("shell.families")}</h2>')
        view("cards", cards_markup(families), runs, elem_id="lx-cards")
        gr.HTML(facts_markup())


def strip_markup(stem: str) -> str:
    """The wide strip: words left, two panes right, the film and its scrubber under them."""
    panes = "".join(
        f'<figure><canvas data-pane="{pane}" role="img" aria-label="{t(f"shell.row_{pane}")}"></canvas>'
        f"<figcaption>{t(f'shell.row_{pane}')}</figcaption></figure>"
        for pane in PANES
    )
    return (
        f'<section class="lx-strip" aria-label="{t("shell.strip")}"><div class="lx-strip-words">'
        f"<h2>{t('shell.strip_title')}</h2><p>{t('shell.strip_words')}</p>"
        f'<a class="lx-button lx-strong" href="./{stem}">{t("shell.enter")}</a></div>'
        f'<div class="lx-strip-panes">{panes}</div><div class="lx-film"></div>{scrubber()}</section>'
    )


def cards_markup(families: Sequence[Family]) -> str:
    """One card per family: a moving result, its name, its question."""
    cards = "".join(
        f'<a class="lx-card" href="./{family.stem}" data-family="{family.stem}"><canvas aria-hidden="true"></canvas>'
        f"<b>{t(f'{family.stem}.title')}</b><span>{t(f'{family.stem}.question')}</span>"
        f"<i>{t('shell.enter')} →</i></a>"
        for family in families
    )
    return f'<div class="lx-cards">{cards}</div>'


def facts_markup() -> str:
    """The figures of what ships, from the catalogue, and the machine."""
    known: Any = home.facts(shipped().checkpoints)
    parts = [f"{t('shell.print_models')} <b>{known.models}</b>"]
    if known.parameters:
        parts.append(f"{t('shell.print_parameters')} <b>{known.parameters / 1e6:.1f} M</b>")
    if known.megabytes:
        parts.append(f"{t('shell.print_size')} <b>{known.megabytes:.1f} MB</b>")
    measured = {  # one of each family, the one that is read best
        checkpoint.family: 100 * checkpoint.metrics["class_accuracy"]
        for checkpoint in sorted(shipped().checkpoints, key=lambda one: one.metrics.get("class_accuracy", 0))
        if checkpoint.family != "judge" and "class_accuracy" in checkpoint.metrics
    }
    for family, right in measured.items():
        parts.append(f"{t(f'{family}.title')}{t('shell.colon')}{t('shell.print_right')} <b>{right:.1f} %</b>")
    parts.append(f"{t('shell.print_device')} <b>{os.cpu_count()} CPU</b>")
    return '<p class="lx-facts">' + "".join(f"<span>{part}</span>" for part in parts) + "</p>"
