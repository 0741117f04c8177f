"""What the pages about captioned scenes share: pictures to pick, a picture of one's own, marks of unknown words."""

from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import QUICK
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.use_case_form import HIDDEN, UseCaseForm
from aigc_demo.ui.widgets import drawer, raw, view

SAMPLES = 24  # pictures side by side in the sheet
SHEET = "scene-samples.png"


def pictures(form: UseCaseForm) -> None:
    """Pictures that ship to pick from, and a place for one's own: the fields `sample` and `picture`."""
    form.add("sample", scene_picker(f"{form.use_case}-sample", form.defaults["sample"]))
    with drawer("scene.own"):
        form.add("picture", photo(f"{form.use_case}-picture"))


def connect(form: UseCaseForm) -> None:
    """Whoever picks a picture wants to see that one."""
    form.latest_wins("sample", "picture", "")


def scene_picker(elem_id: str, value: int) -> gr.HTML:
    """Held-out scenes to choose from; its value is the number of the picture."""
    buttons = "".join(
        f'<button type="button" aria-pressed="false" aria-label="{place + 1}" '
        f'style="background-position:{100 * place / (SAMPLES - 1):.3f}% 0"></button>'
        for place in range(SAMPLES)
    )
    template = (
        f'<div class="lx-emoji lx-scene-picker" role="group" aria-label="{t("scene.sample")}" '
        f'style="--sheet:url({first_results.address(SHEET)})"><p class="lx-small">{t("scene.sample")}</p>'
        f"<div>{buttons}</div></div>"
    )
    return raw(view("emoji", template, value, elem_id=elem_id))


def photo(elem_id: str) -> gr.HTML:
    """A picture of one's own; its value is a data URL, or empty."""
    template = (
        f'<div class="lx-photo"><img alt="{t("field.picture")}" hidden><div class="lx-line">'
        f'<button type="button" class="lx-upload">{t("shell.upload")}</button>'
        f'<button type="button" class="lx-clear" hidden>{t("shell.clear")}</button></div>'
        '<input type="file" accept="image/*" hidden></div>'
    )
    return raw(view("photo", template, "", elem_id=elem_id))


def marks(form: UseCaseForm, field: str = "prompt") -> None:
    """Under the sentence: its words that are not known, with known ones like them, while one types."""
    spoken = words(nearest="scene.nearest", marks="scene.marks")
    template = f'<div class="lx-marks" data-words="{spoken}" aria-live="polite" hidden><p></p><ul></ul></div>'
    shown = view("marks", template, None, elem_id=f"{form.use_case}-marks-{field}")
    typed = form.components[field]
    name = f"{form.use_case}_marks_{field}"
    typed.change(on_marks, typed, shown, api_name=name, trigger_mode="always_last", **{**QUICK, **HIDDEN})


def on_marks(text: Any) -> Json | None:
    from aigc_demo.services.scene_parts import marked

    return marked(text) if isinstance(text, str) else None
