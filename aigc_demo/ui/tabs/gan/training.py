"""The time machine: what every model of digits made at moments of its training. All of it ships with the page."""

from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.gan.requests import checkpoint
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.page import GAN, R3GAN
from aigc_demo.ui.tabs.gan.parts import DIGITS, box, named
from aigc_demo.ui.tabs.time_machine import Behind, course_files, time_machine
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import scrubber, view


def build(service: Service) -> None:
    """Pictures, class counts and losses under one scrubber."""
    time_machine(
        "gan_draw",
        service,
        contest,
        addresses(),
        Behind(
            r"\mathcal L_D = \mathbb E\big[\zeta(-f(x))\big] + \mathbb E\big[\zeta(f(G(z)))\big], \quad "
            r"\mathcal L_G = \mathbb E\big[\zeta(-f(G(z)))\big], \quad \zeta(a) = \log(1 + e^a)",
            {
                "Goodfellow et al., Generative Adversarial Nets, 2014": GAN,
                "Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024": R3GAN,
            },
            sources("training.gan:Game.critic_turn", "training.gan:Game.generator_turn"),
            ("noise", "generator", "picture", "critic", "loss"),
        ),
        covers=".lx-moment + .lx-chart",
    )


def addresses(folder: Path = first_results.EXAMPLES) -> dict[str, Any]:
    """Model -> where the page finds what `python -m aigc_demo.training.time_machine` wrote of it."""
    found = {name: course_files(checkpoint(name), folder) for name in DIGITS}
    return {name: files for name, files in found.items() if files}


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
    names = ("across", "loss", "frechet", "floor", "pictures_seen", "facts", "before", "all", "missing")
    spoken = {name: f"gan.training_{name}" for name in names} | {"bar": "gan.compare_bar"}
    choice = f'<div class="lx-layers" role="group" aria-label="{t("field.model")}">{buttons}</div>'
    charts = f"{losses}{classes}{plot('gan.training_frechet_plot')}"
    moment = f'<div class="lx-moment">{shown}{scrubber()}<p class="lx-facts-line"></p></div>'
    markup = f'{choice}<div class="lx-rounds">{moment}{charts}</div>'
    return view("contest", box("contest", spoken, markup), value, elem_id=elem_id)
