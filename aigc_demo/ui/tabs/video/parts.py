"""What the inner tabs of video share: the clip under two sliders, and what was measured."""

from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.video.requests import CHECKPOINT
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import scrubber, view

SPOKEN = ("x", "x0", "picture", "ours", "theirs", "gap", "truth", "still", "said", "frame", "level", "stop", "done")
SEEN = (
    "one",
    "other",
    "read",
    "flies",
    "wrong",
    "straight",
    "off",
    "near",
    "no_bounce",
    "bounced",
    "missed",
    "across",
    "up",
)


def clip(elem_id: str, value: Any = None, *, kind: str = "noise", film: str = "x0", more: str = "") -> gr.HTML:
    """A clip, see clip.js. `kind`: what the second slider moves along, noise, stop or none; `film`: the pane whose
    frames stand in a row; `more`: what stands below."""
    spoken = words(**{name: f"video.{name}" for name in (*SPOKEN, *SEEN)})
    second = f'<input type="range" min="0" max="0" value="0" aria-label="{t(f"video.slider_{kind}")}">'
    template = (
        f'<div class="lx-clip" data-kind="{kind}" data-film="{film}" data-words="{spoken}">'
        f'<div class="lx-panes"></div><div class="lx-clip-film"></div>{scrubber()}'
        f'<div class="lx-scrub lx-clip-levels"><span>{t(f"video.slider_{kind}")}</span>{second}<output></output></div>'
        f'<p class="lx-clip-motion" hidden></p>{more}</div>'
    )
    return view("clip", template, value, elem_id=elem_id)


def measured() -> None:
    """How the digits of the model are read and how they fly, beside real clips, as the catalogue has them."""
    known = catalogue.checkpoint(CHECKPOINT).metrics
    if "class_accuracy" not in known:
        return
    rows = (
        ("video.measured_read", known["class_accuracy"], known["real_class_accuracy"]),
        ("video.measured_path", known["on_track"], known["real_on_track"]),
    )
    told = " · ".join(
        f"{t(key)} <b>{100 * ours:.0f} %</b>"
        f"{t('shell.opens')}{t('video.measured_real')} {100 * real:.0f} %{t('shell.closes')}"
        for key, ours, real in rows
    )
    gr.HTML(f'<p class="lx-note">{t("video.measured")} {told}</p>')
