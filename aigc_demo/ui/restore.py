"""Lesson links and run cards: both come down to a use-case, values, and what to lock, hide and say.

    ?tab=diffusion_draw&seed=7&steps=5&lang=en&lock=steps,seed&hide=eta&task=What+changes

The page's script carries the wish to the form's own event, once the tab is open. Here every value is judged by the
bounds of the request; what does not fit is left out and named in a toast. The task is shown as plain text.
"""

import secrets
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import is_own
from aigc_demo.core.card import Card
from aigc_demo.core.errors import BadRequestError, NotFoundError, UserError
from aigc_demo.core.params import clean, short, spelled
from aigc_demo.services import cards
from aigc_demo.ui import header
from aigc_demo.ui.events import guarded, shown
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import language, sentence, t, tr
from aigc_demo.ui.widgets import view

CARD_FILES = [".png", ".gif", ".mp4", ".webm", ".wav", ".flac", ".json", ".html", ".htm", ".txt"]
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": True}


def build(known: Set[str], forms: Sequence[Form] = ()) -> None:
    """The end of a page: the button for saved results of the use cases `known`, the restore event of every form."""
    with gr.Row(elem_classes="lx-open-row", equal_height=False):
        file = gr.UploadButton(
            t("shell.open"), file_types=CARD_FILES, size="sm", elem_id="lx-open", min_width=80, scale=0
        )
        gr.HTML(f'<p class="lx-small">{t("shell.open_help")}</p>')
    card = view("card", "<span hidden></span>")

    @guarded
    def on_card(path: str, request: gr.Request) -> dict[str, Any]:
        card = opened(cards.read(Path(path)), known, language(request))
        return {**card, "mark": secrets.token_hex(4)}  # the same file once more is another wish

    file.upload(on_card, file, card, **PRIVATE)
    for form in forms:
        wire(form)
    header.footer()


def opened(card: Card, known: Set[str], lang: str) -> dict[str, Any]:
    """A card as the page's script takes it up: the page, its inner tab, and the values."""
    if card.use_case not in known:
        raise NotFoundError("unknown_family", name=short(card.use_case))
    if card.checkpoint and not is_own(card.checkpoint):
        shipped = catalogue.checkpoint(card.checkpoint)
        if card.sha256 and shipped.sha256 and card.sha256 != shipped.sha256:
            gr.Warning(tr(lang, "shell.other_weights", checkpoint=shipped.id), title=tr(lang, "shell.open"))
    return {"page": card.use_case.rpartition("_")[0], "tab": card.use_case, "values": card.values}


def wire(form: Form) -> None:
    """The form's restore event: wish -> controls. The browser shows the task and sets the lock of a seed by itself."""
    parts = form.components

    @guarded
    def on_restore(event: gr.EventData, request: gr.Request) -> Any:
        lang = language(request)
        wish = event._data if isinstance(event._data, dict) else {}
        updates, left_out = judged(form, wish, lang)
        if left_out:
            gr.Warning(tr(lang, "shell.restored_partly", names=" ".join(left_out)), title=tr(lang, "shell.open"))
        elif any(updates.values()):
            gr.Info(restored(form, lang), title=tr(lang, "shell.open"))
        changes = [gr.update(**updates.get(name, {})) for name in parts]
        return changes if len(changes) > 1 else changes[0]

    form.view.restore(on_restore, None, list(parts.values()), **PRIVATE)


def restored(form: Form, lang: str) -> str:
    """What is said to settings that are there again; the result of a form without Run is made again at once."""
    return tr(lang, "shell.restored_run", button=tr(lang, form.run_key)) if form.run_key else tr(lang, "shell.restored")


def judged(form: Form, wish: Mapping[str, Any], lang: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What to change of which control, and sentences about what was left out."""
    updates: dict[str, dict[str, Any]] = {}
    left_out: list[str] = []
    values = wish.get("values")
    for name, value in list((values if isinstance(values, dict) else {}).items())[:100]:
        if name in form.rules and name not in form.simple():
            continue  # a field that this tab has no control for
        try:
            updates[name] = {"value": fitted(form, str(name), value)}
        except UserError as error:
            left_out.append(shown(sentence(lang, error)))
    for what, change in (("lock", {"interactive": False}), ("hide", {"visible": False})):
        names = wish.get(what)
        for name in (names if isinstance(names, list) else [])[:100]:
            if name in form.components:
                updates.setdefault(name, {}).update(change)
            else:
                left_out.append(shown(sentence(lang, BadRequestError("field_unknown", field=short(name)))))
    return updates, left_out


def fitted(form: Form, name: str, value: Any) -> Any:
    """`value` as the field takes it; an address carries numbers as text."""
    if name not in form.simple():
        raise BadRequestError("field_unknown", field=short(name))
    kind, rule = form.rules[name]
    return clean(name, kind, rule, spelled(kind, value))
