"""The time machine: one held-out melody harmonised at moments of the training, heard, with the rules that it breaks."""

from pathlib import Path

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.music.requests import COURSE
from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.music.parts import VOICES
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.time_machine import Behind, time_machine
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import scrubber, view

NAMES = ("across", "up", "guess", "parallels", "bach_fifths", "step", "facts", "settings", "bach_facts")


def build(service: Service) -> None:
    """One melody harmonised, heard, and the rules that it breaks."""
    time_machine(
        "music_write",
        service,
        grown,
        address(),
        Behind(
            r"\mathcal L = -\frac1{|F|} \sum_{t \in F} \log p_\theta(x_t \mid x_1, \dots, x_{t-1})",
            {
                "Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024": (
                    "https://kellerjordan.github.io/posts/muon/"
                ),
            },
            sources("training.language:loss_of", "data.chorale_tokens:batches", "data.voice_leading:parallels"),
            ("notes", "state", "odds", "loss"),
        ),
        covers=".lx-grown-charts",
    )


def address(folder: Path = first_results.EXAMPLES) -> dict[str, str] | None:
    """Where the page finds what `python -m aigc_demo.training.time_machine` wrote; None without it."""
    try:
        return {"course": first_results.address(f"{COURSE}-training.json", folder)}
    except OSError:
        return None


def grown(elem_id: str, value: dict[str, str] | None) -> gr.HTML:
    """The view, see training.js; a sentence where nothing ships."""
    if value is None:
        return view("grown", f'<p class="lx-nothing">{t("music.training_absent")}</p>', elem_id=elem_id)
    spoken = words(**{name: f"music.training_{name}" for name in NAMES})
    names = "".join(f'<span class="lx-voice-name"><b>{t(f"music.{name}")}</b></span>' for name in VOICES)
    losses = plot("music.training_plot", legend(glow="music.training_learning", water="music.training_held"))
    rules = plot("music.training_rules", legend(glow="music.fifths", water="music.octaves"))
    template = (
        f'<div class="lx-roll lx-grown" data-words="{spoken}">'
        f'<div class="lx-roll-head"><button type="button" class="lx-play lx-grown-hear" '
        f'aria-label="{t("music.play")}"></button>{names}'
        f'<button type="button" class="lx-button lx-grown-bach" aria-pressed="false">{t("music.training_bach")}'
        '</button></div><div class="lx-roll-box">'
        f'<canvas role="img" aria-label="{t("music.training_roll")}"></canvas></div>'
        f'{scrubber()}<p class="lx-facts-line" aria-live="polite"></p>'
        f'<div class="lx-grown-charts">{losses}{rules}</div></div>'
    )
    return view("grown", template, value, elem_id=elem_id)
