"""Sounds that are looked at and heard, and the way in for one's own, see sounds.js."""

from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import raw, scrubber, view


def sound_player(value: Any = None, *, series: bool = False, elem_id: str | None = None) -> gr.HTML:
    """Its value is made by services/audiogan/sounding.py: a reel of steps, or with `series` sounds side by side."""
    names = {name: f"diffusion.pane_{name}" for name in ("x", "x0", "picture")}
    names |= {"done": "diffusion.finished", "hear": "audiogan.hear"}
    template = (
        f'<div class="lx-sound-player" data-series="{int(series)}" data-words="{words(**names)}">'
        f'<div class="lx-sounds"></div><p class="lx-small lx-sound-axes">{t("audiogan.axes")}</p>{scrubber()}</div>'
    )
    return view("soundPlayer", template, value, elem_id=elem_id)


def recorder(elem_id: str) -> gr.HTML:
    """Record, choose or drop a sound; its value is a data URL, or empty."""
    names = ("record", "stop", "recording", "there", "none", "large", "no_microphone")
    spoken = words(**{name: f"audiogan.recorder_{name}" for name in names})
    buttons = "".join(
        f'<button type="button">{t(key)}</button>'
        for key in ("audiogan.recorder_record", "audiogan.recorder_choose", "shell.clear")
    )
    template = (
        f'<div class="lx-recorder" data-words="{spoken}"><p class="lx-small">{t("audiogan.recording")}</p>'
        f'<div class="lx-line">{buttons}</div><output></output>'
        f'<input type="file" accept="audio/*,.wav,.flac" aria-label="{t("audiogan.recording")}" hidden></div>'
    )
    return raw(view("recorder", template, "", event="change", elem_id=elem_id))
