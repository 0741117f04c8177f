"""The course of a training, as test digits part on the plane. All of it ships."""

from pathlib import Path

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.vae.page import KINGMA
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import badge, heading, honesty_badge, how_it_works, scrubber, view

CHECKPOINT = "vae-digits-vae-2d"
SPOKEN = ("across", "nats", "guess", "pictures", "facts")


def build(service: Service) -> None:
    """The time machine: dots that part, the decoded map, and what the code costs, under one scrubber."""
    with gr.Tab(t("vae.tab_training"), id="vae_training", elem_id="tab-vae_training"):
        heading("vae.training_title", "vae.training_lead")
        value = addresses()
        course("vae_training-view", value)
        honesty_badge(badge("cached") if value else None)
        form = UseCaseForm("vae_draw", service)  # whose settings it leaves alone
        question("vae.predict_training", form, "#vae_training-view .lx-chart")
        how_it_works(
            r"\mathcal L = \mathbb E_{q(z|x)}\big[-\log p(x \mid z)\big] + \mathrm{KL}\big(q(z|x)\,\|\,p(z)\big)",
            "vae.how_training",
            KINGMA,
            sources("training.vae:terms"),
            steps=("picture", "encoder", "code", "decoder", "loss"),
        )


def addresses(folder: Path = first_results.EXAMPLES) -> dict[str, str] | None:
    """Where the page finds what `python -m aigc_demo.training.vae_snapshots` wrote; None without it."""
    try:
        return {
            "facts": first_results.address(f"{CHECKPOINT}-training.json", folder),
            "sheet": first_results.address(f"{CHECKPOINT}-snapshots.png", folder),
        }
    except OSError:
        return None


def course(elem_id: str, value: dict[str, str] | None) -> gr.HTML:
    """The view, see training.js; a sentence where nothing ships."""
    if value is None:
        return view("course", f'<p class="lx-nothing">{t("vae.training_absent")}</p>', elem_id=elem_id)
    colours = "".join(f'<span style="--lx-class:var(--lx-class-{digit})">{digit}</span>' for digit in range(10))
    pictures = "".join(
        f'<figure class="{kind}"><figcaption>{t(key)}</figcaption>'
        f'<canvas role="img" aria-label="{t(key)}"></canvas>{more}</figure>'
        for kind, key, more in (
            ("lx-still", "vae.training_dots", f'<p class="lx-classes">{colours}</p>'),
            ("lx-decoded", "vae.training_map", ""),
        )
    )
    template = (
        f'<div class="lx-course" data-words="{words(**{name: f"vae.training_{name}" for name in SPOKEN})}">{pictures}'
        f'{scrubber()}<p class="lx-facts-line"></p>{plot("vae.training_error")}{plot("vae.training_kl")}</div>'
    )
    return view("course", template, value, elem_id=elem_id)
