"""Seven models that learned the same digits, from the same seeds, read by the same judge."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.services import first_results
from aigc_demo.services.gan.requests import SHOWN, checkpoint
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan import page
from aigc_demo.ui.tabs.gan.parts import DIGITS, box, named
from aigc_demo.ui.tabs.parts import table
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import SENTENCE
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

MEASURES = {
    "Kynkäänniemi et al., Improved Precision and Recall Metric for Assessing Generative Models, 2019": (
        "https://arxiv.org/abs/1904.06991"
    ),
    "Heusel et al., GANs Trained by a Two Time-Scale Update Rule (the Fréchet distance), 2017": (
        "https://arxiv.org/abs/1706.08500"
    ),
}
PAPERS = {
    "mlp": page.GAN,
    "dcgan": page.DCGAN,
    "wgan-clip": page.WGAN,
    "wgan-gp": page.PENALTY,
    "conditional": page.PROJECTION,
    "r3": page.R3GAN,
    "collapsed": page.GAN,
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_compare", service)
    with form.tab():
        question(
            "gan.predict_compare",
            form,
            ":is(.lx-players figure, .lx-lineup > .lx-guarded)",
            "#gan_compare-measured",
        )
        with bench():
            with controls():
                form.seed()
                form.slider("count", main=True)
            with result():
                shown = lineup("gan_compare-view", *form.first_shown(with_shares, 1))
                form.outcome(("png", "json"), line=False)
        figures = measured()
        if figures:
            gr.HTML(f'<p class="lx-small">{t("gan.measured")}</p>')
            table("gan_compare-measured", figures)
        how_it_works(
            r"\mathrm{FD} = \lVert m_1 - m_2 \rVert^2 + \mathrm{tr}\big(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\big), \qquad "
            r"\mathrm{recall} = \frac 1 N \sum_{i=1}^N "
            r"\big[\, \exists\, j: \lVert \phi(x_i) - \phi(y_j) \rVert \le r_3(y_j) \,\big]",
            "gan.how_compare",
            {**MEASURES, **page.PAPERS},
            sources("evaluation.gan:covered", "evaluation.frechet:frechet"),
            steps=("noise", "seven_models", "picture"),
        )
    form.watch(shown, show=with_shares)
    return form


def with_shares(value: Json, say: Say, folder: Path = first_results.EXAMPLES) -> Sequence[Json]:
    """In the order of the page, with the share of every class in 10,000 pictures, where that was measured."""
    try:
        known: dict[str, list[int]] = json.loads((folder / "gan-classes.json").read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    shares = {
        name: [count / sum(counts) for count in counts] for name in DIGITS if (counts := known.get(checkpoint(name)))
    }
    return [{**value, "shares": shares}]


def lineup(elem_id: str, value: Any) -> gr.HTML:
    """A row per model: its pictures of the same seeds, and how often the judge read each class."""
    rows = "".join(
        f'<div data-model="{name}"><div class="lx-player"><h3>{t(named(name, "model"))}</h3>{line(name)}</div>'
        f'<div class="lx-cells">{"<canvas></canvas>" * SHOWN}</div>'
        f'<figure><svg viewBox="0 0 220 76" role="img"></svg></figure></div>'
        for name in DIGITS
    )
    key = f'<p class="lx-small">{t("gan.compare_bars")}</p>'
    spoken = {name: f"gan.compare_{name}" for name in ("says", "says_none", "bar", "read")}
    spoken |= {f"model_{name}": named(name, "model") for name in DIGITS}
    markup = f'{key}<div class="lx-players">{rows}</div><div class="lx-guarded">{SENTENCE}</div>'
    return view("lineup", box("lineup", spoken, markup), value, elem_id=elem_id)


def line(name: str) -> str:
    """What a model is: its loss, its size, its paper."""
    loss, paper = t(named(name, "loss_of")), t("gan.compare_paper")
    return (
        f"<p>{loss}<br>{parameters(entry(name))} {t('gan.compare_parameters')} · "
        f'<a href="{PAPERS[name]}" target="_blank" rel="noopener">{paper}</a></p>'
    )


def entry(model: str) -> Checkpoint:
    """The catalogue's entry of a model."""
    return catalogue.checkpoint(checkpoint(model))


def parameters(found: Checkpoint) -> str:
    """Number of weights of both networks, with three spaces to read it by."""
    return f"{found.parameters:,}".replace(",", " ")


def measured() -> dict[str, Any] | None:
    """What the catalogue has about every model of digits, over 10,000 pictures each; None before it was measured."""
    entries = [entry(name) for name in DIGITS]
    names = ("frechet", "recall", "class_share_min")
    if not any(found.metrics for found in entries):
        return None
    rows = []
    for model, found in zip(DIGITS, entries, strict=True):
        distance, recall, share = (found.metrics.get(name) for name in names)
        figures = [number(distance), percent(recall), percent(share), percent(found.metrics.get("class_accuracy"))]
        rows.append([t(named(model, "model")), t(named(model, "loss_of")), parameters(found), *figures])
    known = next(found.metrics for found in entries if found.metrics)
    floor = [t("gan.measured_real"), "", "", number(known.get("frechet_floor")), percent(known.get("recall_of_train"))]
    head = ("model", "loss", "parameters", "frechet", "recall", "share", "asked")
    return {"head": [t(f"gan.measured_{name}") for name in head], "rows": [*rows, [*floor, "", ""]], "mark": None}


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"
