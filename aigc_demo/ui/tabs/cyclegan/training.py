"""The course of both trainings, with the cycle term and without. All of it ships."""

import gradio as gr

from aigc_demo.services.cyclegan.requests import CYCLE
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.time_machine import Behind, course_files, time_machine
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import scrubber, view

SPOKEN = ("across", "shade", "loss", "guess", "nothing", "pictures", "facts")
ROWS = ("source", "with", "without")


def build(service: Service) -> None:
    """Eight held-out emoji translated at moments of both trainings, and the losses."""
    time_machine(
        "cyclegan_translate",
        service,
        epochs,
        course_files(CYCLE),
        Behind(
            r"\mathcal L_{\text{GAN}}(G, D_Y) = \mathbb E_x \big(D_Y(G(x)) - 1\big)^2, \qquad "
            r"\mathcal L(D_Y) = \tfrac12 \mathbb E_y \big(D_Y(y) - 1\big)^2 + \tfrac12 \mathbb E_x D_Y(G(x))^2",
            {"Mao et al., Least Squares Generative Adversarial Networks, 2017": "https://arxiv.org/abs/1611.04076"},
            sources("training.cyclegan:Pool.swap", "training.cyclegan:critic_loss"),
            ("photo", "translator", "style", "critic", "score"),
        ),
        covers=".lx-charts",
    )


def epochs(elem_id: str, value: dict[str, str] | None) -> gr.HTML:
    """The view, see cyclegan.js; a sentence where nothing ships."""
    if value is None:
        return view("epochs", f'<p class="lx-nothing">{t("cyclegan.training_absent")}</p>', elem_id=elem_id)
    cells = '<canvas aria-hidden="true"></canvas>' * 8
    rows = "".join(
        f'<div class="lx-rival" data-row="{name}"><p><b>{t(f"cyclegan.training_{name}")}</b></p>{cells}</div>'
        for name in ROWS
    )
    error = plot("cyclegan.training_error", legend(glow="cyclegan.training_with", water="cyclegan.training_without"))
    losses = plot(
        "cyclegan.training_losses", legend(glow="cyclegan.training_cycle", water="cyclegan.training_identity")
    )
    game = plot("cyclegan.training_game", legend(glow="cyclegan.training_fool", water="cyclegan.training_critic"))
    spoken = words(**{name: f"cyclegan.training_{name}" for name in SPOKEN})
    template = (
        f'<div class="lx-epochs" data-words="{spoken}"><div class="lx-rivals"><div class="lx-ways-heads"><span></span>'
        f"<span>{t('cyclegan.direction_to_google')}</span><span>{t('cyclegan.direction_to_twitter')}</span></div>"
        f"{rows}</div>{scrubber()}"
        f'<p class="lx-facts-line"></p><div class="lx-charts">{error}{losses}{game}</div></div>'
    )
    return view("epochs", template, value, elem_id=elem_id)
