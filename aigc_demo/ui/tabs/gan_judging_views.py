"""The views of the GAN tabs that look at what was made; what they do is in static/{trial,lineup,contest}.js."""

from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.catalogue import Checkpoint
from aigc_demo.services.gan.checkpoints import of_model
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.gan_picture_views import box
from aigc_demo.ui.tabs.gan_values import BY_YEAR
from aigc_demo.ui.tabs.vae_views import SENTENCE, legend, plot
from aigc_demo.ui.widgets import scrubber, view

DIGITS = tuple(name for name in BY_YEAR if name != "colour")
SHOWN = 16  # pictures of each model in the comparison
PAPERS = {
    "mlp": "https://arxiv.org/abs/1406.2661",
    "dcgan": "https://arxiv.org/abs/1511.06434",
    "wgan-clip": "https://arxiv.org/abs/1701.07875",
    "wgan-gp": "https://arxiv.org/abs/1704.00028",
    "conditional": "https://arxiv.org/abs/1802.05637",
    "r3": "https://arxiv.org/abs/2501.05441",
    "collapsed": "https://arxiv.org/abs/1406.2661",
}


def named(model: str, prefix: str) -> str:
    """Key of a model's text."""
    return f"gan.{prefix}_{model.replace('-', '_')}"


# what the critic sees ----------------------------------------------------------------------------------------------


def trial(elem_id: str, value: Any) -> gr.HTML:
    """Scores of made and real pictures: two heaps on one axis, every picture in order, and one of them close by."""
    hues = legend(glow="gan.critic_heap_made", water="gan.critic_heap_real")
    chart = plot("gan.critic_plot", hues).replace("lx-chart", "lx-chart lx-heaps", 1)
    close = "".join(
        f'<figure><canvas role="img" aria-label="{t(f"gan.critic_{name}")}"></canvas>'
        f"<figcaption>{t(f'gan.critic_{name}')}</figcaption></figure>"
        for name in ("picked", "wish")
    )
    dock = (
        f'<div class="lx-dock"><div class="lx-glass">{close}</div><output></output><p class="lx-small lx-key-line"></p>'
        f'<p class="lx-small">{t("gan.critic_pick")}</p></div>'
    )
    sides = "".join(
        f'<section data-side="{side}"><h3>{t(f"gan.critic_{side}")}</h3><div class="lx-cells" role="group" '
        f'aria-label="{t(f"gan.critic_{side}")}"></div></section>'
        for side in ("made", "real")
    )
    names = ("says", "across", "up", "middle", "place", "more", "less", "lighter", "darker", "test", "trained")
    spoken = {name: f"gan.critic_{name}" for name in names} | {"seed": "gan.seed_of", "digit": "gan.digit_of"}
    spoken |= {f"scale_{kind}": f"gan.critic_scale_{kind}" for kind in ("logistic", "wasserstein", "relativistic")}
    scale = '<p class="lx-small lx-unit"></p>'
    markup = f'<div class="lx-court">{chart}{dock}</div>{SENTENCE}{scale}<div class="lx-benches">{sides}</div>'
    return view("trial", box("trial", spoken, markup), value, elem_id=elem_id)


# all models side by side -------------------------------------------------------------------------------------------


def lineup(elem_id: str, value: Any) -> gr.HTML:
    """A row per model: its pictures of the same seeds, and how often the judge read each class."""
    rows = "".join(
        f'<div data-model="{name}"><div class="lx-player"><h3>{t(named(name, "model"))}</h3>{line(name)}</div>'
        f'<div class="lx-cells">{"<canvas></canvas>" * SHOWN}</div>'
        f'<figure class="lx-guarded"><svg viewBox="0 0 220 76" role="img"></svg></figure></div>'
        for name in DIGITS
    )
    guard = (
        f'<p class="lx-small lx-guess">{t("gan.compare_guess")} '
        f'<button type="button" class="lx-button">{t("gan.compare_open")}</button></p>'
    )
    key = f'<p class="lx-small lx-guarded">{t("gan.compare_bars")}</p>'
    spoken = {name: f"gan.compare_{name}" for name in ("says", "says_none", "bar", "read")}
    spoken |= {f"model_{name}": named(name, "model") for name in DIGITS}
    markup = f'{guard}{key}<div class="lx-players">{rows}</div><div class="lx-guarded">{SENTENCE}</div>'
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
    return catalogue.checkpoint(of_model(model))


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
    """Two digits after the point."""
    return "" if value is None else f"{value:.2f}"


def percent(value: float | None) -> str:
    """A share."""
    return "" if value is None else f"{100 * value:.1f} %"


# the course of a training ------------------------------------------------------------------------------------------


def contest(elem_id: str, value: dict[str, Any]) -> gr.HTML:
    """Pictures of the same seeds at moments of a training, class counts, and how both sides fared."""
    if not value:
        return view("contest", f'<p class="lx-nothing">{t("gan.training_absent")}</p>', elem_id=elem_id)
    buttons = "".join(
        f'<button type="button" data-model="{name}" aria-pressed="false">{t(named(name, "model"))}</button>'
        for name in value
    )
    shown = (
        f'<figure class="lx-sown"><figcaption>{t("gan.training_pictures")}</figcaption>'
        f'<canvas role="img" aria-label="{t("gan.training_pictures")}"></canvas></figure>'
    )
    classes = (
        f'<figure class="lx-tally"><figcaption>{t("gan.training_counts")}</figcaption>'
        f'<svg viewBox="0 0 220 76" role="img"></svg></figure>'
    )
    losses = plot("gan.training_losses", legend(glow="gan.curve_generator", water="gan.curve_critic"))
    names = ("across", "loss", "frechet", "floor", "pictures_seen", "facts", "all", "missing")
    spoken = {name: f"gan.training_{name}" for name in names} | {"bar": "gan.compare_bar"}
    choice = f'<div class="lx-layers" role="group" aria-label="{t("field.model")}">{buttons}</div>'
    charts = f"{losses}{classes}{plot('gan.training_frechet_plot')}"
    markup = f'{choice}<div class="lx-rounds">{shown}{charts}</div>{scrubber()}<p class="lx-facts-line"></p>'
    return view("contest", box("contest", spoken, markup), value, elem_id=elem_id)
