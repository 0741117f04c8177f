"""The course of a training, as test digits part on the plane. All of it ships."""

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.time_machine import Behind, course_files, time_machine
from aigc_demo.ui.tabs.vae.page import KINGMA
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import scrubber, view

CHECKPOINT = "vae-digits-vae-2d"
SPOKEN = ("across", "nats", "guess", "pictures", "facts")


def build(service: Service) -> None:
    """Dots that part, the decoded map, and what the code costs, under one scrubber."""
    time_machine(
        "vae_draw",
        service,
        course,
        course_files(CHECKPOINT),
        Behind(
            r"\mathcal L = \mathbb E_{q(z|x)}\big[-\log p(x \mid z)\big] + \mathrm{KL}\big(q(z|x)\,\|\,p(z)\big)",
            KINGMA,
            sources("training.vae:terms"),
            ("picture", "encoder", "code", "decoder", "loss"),
        ),
        covers=".lx-chart",
    )


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
