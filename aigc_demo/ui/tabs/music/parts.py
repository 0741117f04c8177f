"""What the inner tabs of music share: the piano roll, the melody that is clicked together, what is kept of a piece."""

from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.music import instruments
from aigc_demo.services.music.requests import MODELS
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import raw, view

VOICES = ("voice0", "voice1", "voice2", "voice3")
RULES = ("fifths", "octaves", "crossing", "range")
SPOKEN = (*VOICES, *RULES, "hold", "rest", "note", "given", "broken", "clean", "facts", "fetching", "absent")
LENGTHS = {1: "⅛", 2: "¼", 3: "⅜", 4: "½"}  # of a note that is clicked, in eighths


def roll(elem_id: str, form: str, value: Any = None) -> gr.HTML:
    """Four voices, played by the browser, see roll.js."""
    spoken = words(**{name: f"music.{name}" for name in SPOKEN})
    names = "".join(f'<span class="lx-voice-name"><b>{t(f"music.{name}")}</b></span>' for name in VOICES)
    template = (
        f'<div class="lx-roll lx-view" data-form="{form}" data-words="{spoken}">'
        f'<div class="lx-roll-head"><button type="button" class="lx-play" aria-label="{t("music.play")}"></button>'
        f'{names}</div><p class="lx-roll-player" aria-live="polite"></p>'
        f'<div class="lx-roll-box"><canvas tabindex="0" role="img" aria-label="{t("music.roll")}"></canvas></div>'
        '<p class="lx-roll-faults" aria-live="polite"></p><p class="lx-roll-facts"></p>'
        f'<div class="lx-roll-odds"><p class="lx-roll-note" aria-live="polite"></p><ul class="lx-roll-list"></ul>'
        f'<p class="lx-small">{t("music.hint")}</p>'
        f'<button type="button" class="lx-button lx-anew">{t("music.anew")}</button></div></div>'
    )
    return view("roll", template, value, elem_id=elem_id)


def instrument(form: Form) -> None:
    """What the piece is heard and saved with; without a sound font, what is needed for more than our organ."""
    there = instruments.available()
    choice = form.choice("instrument")
    script = f"(name) => luoxia.instrument('{form.use_case}', name, {str(there).lower()})"
    choice.change(None, choice, None, js=script, show_progress="hidden")
    if not there:
        gr.HTML(f'<p class="lx-note">{t("music.font_missing")}</p>')


def melody(elem_id: str, value: str) -> gr.HTML:
    """A melody by clicks or from a MIDI file; its value is what `requests.Harmonise.melody` takes."""
    lengths = "".join(
        f'<button type="button" class="lx-button" data-length="{count}" aria-pressed="{str(count == 2).lower()}" '
        f'aria-label="{t("music.note_length")} {count}/8">{sign}</button>'
        for count, sign in LENGTHS.items()
    )
    template = (
        f'<div class="lx-melody" data-form="{elem_id.removesuffix("-melody")}">'
        f'<p class="lx-small">{t("music.melody")}</p>'
        f'<div class="lx-roll-box" tabindex="0"><canvas role="img" aria-label="{t("music.melody")}"></canvas></div>'
        f'<p class="lx-melody-file">{t("music.file_taken")}</p>'
        f'<div class="lx-melody-tools">{lengths}'
        f'<button type="button" class="lx-button lx-hear">{t("music.hear")}</button>'
        f'<button type="button" class="lx-button lx-clear">{t("shell.clear")}</button>'
        f'<button type="button" class="lx-button lx-upload">{t("music.upload")}</button></div>'
        '<input type="file" accept=".mid,.midi,audio/midi" hidden></div>'
    )
    return raw(view("melody", template, value, elem_id=elem_id, event="change"))


def opening(form: Form) -> None:
    """What is kept when a rival is chosen: set by the piano roll, and carried by links and cards."""
    form.add("opening", raw(gr.Textbox("", visible="hidden", interactive=True, label=t("music.opening"))))


def measured() -> None:
    """Parallels in settings by Bach and by each model, with its training steps and cost, as the catalogue has them."""
    parts: list[str] = []
    colon, opens, closes = t("shell.colon"), t("shell.opens"), t("shell.closes")
    for checkpoint in map(catalogue.checkpoint, MODELS):
        known = checkpoint.metrics
        if "fifths" not in known:
            continue
        if not parts:
            bach = f"<b>{known['real_fifths']:.1f} + {known['real_octaves']:.1f}</b>"
            parts.append(f"{t('music.measured_bach')}{colon}{bach}")
        name = t(f"music.model_{checkpoint.id.replace('-', '_')}")
        facts = (("steps", str(checkpoint.steps)), ("nats", f"{known['nats_per_token']:.2f}"))
        told = t("shell.comma").join(f"{t(f'music.measured_{key}')} {value}" for key, value in facts)
        parts.append(f"{name}{colon}<b>{known['fifths']:.1f} + {known['octaves']:.1f}</b>{opens}{told}{closes}")
    if parts:
        gr.HTML(f'<p class="lx-note">{t("music.measured")} <br>{"<br>".join(parts)}<br>{t("music.measured_batch")}</p>')
