"""What the tabs share in which pictures are learned from: rows of pictures, a person's own pictures, the contact sheet.

A person's pictures are that person's alone: the page keeps a token of them in a `gr.State`, the service keeps them for
a while, and lets go of them when the session ends.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.core.params import Text, clean
from aigc_demo.services.training.requests import OWN
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import QUICK, guarded
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.tabs.parts import sketch
from aigc_demo.ui.use_case_form import HIDDEN, hosted, inlined
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import drawer, view

COLUMNS = 12  # of a contact sheet
LONGEST = 2_000_000  # characters of a drawing


def batches(elem_id: str, charts: tuple[tuple[str, str], ...] = (), value: Any = None) -> gr.HTML:
    """Rows of pictures, charts (key of a title, markup of a legend), facts and sentences; see pictures.js."""
    plots = "".join(plot(title, legend) for title, legend in charts)
    template = (
        '<div class="lx-batches" hidden><div class="lx-batch-rows"></div><p class="lx-batch-facts"></p>'
        f'{plots}<ul class="lx-told"></ul></div>'
    )
    return view("batches", template, value, elem_id=elem_id)


def forget(token: str) -> None:
    """Let go of a person's pictures; when the session ends."""
    from aigc_demo.services.training.sets import BROUGHT  # here, since a page is served without torch

    BROUGHT.drop(token)


def own_pictures() -> gr.State:
    """Where the page keeps the token of a person's own pictures."""
    return gr.State("", delete_callback=forget)


def bring_button(form: Form) -> gr.UploadButton:
    """The button that takes files or a ZIP."""
    button = gr.UploadButton(t("training.bring"), file_count="multiple", size="sm", elem_id=f"{form.use_case}-bring")
    gr.HTML(f'<p class="lx-small">{t("training.bring_help")}</p>')
    return button


def pad(form: Form) -> tuple[gr.HTML, gr.Button]:
    """A fold with a sheet to draw on, and the button that puts the drawing beside the others."""
    with drawer("training.draw_some"):
        gr.HTML(f'<p class="lx-small">{t("training.draw_help")}</p>')
        drawing = sketch(f"{form.use_case}-pad")
        return drawing, gr.Button(t("training.draw_add"), size="sm", elem_id=f"{form.use_case}-add")


def wire_bringing(
    form: Form, button: gr.UploadButton, drawn: tuple[gr.HTML, gr.Button], own: gr.State, sheet: gr.HTML
) -> None:
    """What is brought or drawn is judged, kept, shown, and chosen as the set to learn from."""

    @guarded
    def on_bring(paths: list[str], request: gr.Request) -> tuple[str, Json, str]:
        from aigc_demo.services.training.sets import bring
        from aigc_demo.services.training.sets import contact as sheet_of

        token, taken = bring([Path(path) for path in paths or []])
        return token, contact(sheet_of(taken), language(request)), OWN

    @guarded
    def on_draw(token: str, drawing: Any, request: gr.Request) -> tuple[str, Json, str, str]:
        from aigc_demo.services.training import sets

        token, taken = sets.draw(token, clean("drawing", str, Text(LONGEST), drawing))
        return token, contact(sets.contact(taken), language(request)), OWN, ""

    wishes = {**QUICK, **HIDDEN, "show_progress": "minimal"}
    views = [own, sheet, form.components["pictures"]]
    button.upload(on_bring, button, views, api_name=f"{form.use_case}_bring", **wishes)
    drawing, add = drawn
    add.click(on_draw, [own, drawing], [*views, drawing], api_name=f"{form.use_case}_add", **wishes)


def contact(found: Json, lang: str) -> Json:
    """The contact sheet in the words of the page: what was taken, and what was refused and why."""
    numbers = {"count": found["taken"], "shown": found["shown"]}
    told = [tr(lang, "training.missing", count=found["missing"])] if found["missing"] else []
    told += [
        tr(lang, "training.refused", count=count, why=tr(lang, f"training.reason_{reason}"))
        for reason, count in found["reasons"].items()
    ]
    told += [
        tr(lang, "training.refused_one", name=name, why=tr(lang, f"training.reason_{reason}"))
        for name, reason in found["refused"]
    ]
    row = {"name": tr(lang, "training.brought", **numbers), "start": 0, "count": found["shown"], "columns": COLUMNS}
    return hosted({**found, "rows": [row], "told": told}, inlined)
