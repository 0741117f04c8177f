"""What the inner tabs of hf_text share: the view of a conversation, and the box for a model of the hub."""

from typing import Any

import gradio as gr

from aigc_demo.ui.events import QUICK
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.tabs.parts import verdict_line, words
from aigc_demo.ui.use_case_form import HIDDEN, UseCaseForm
from aigc_demo.ui.widgets import raw, view

SPOKEN = ("user", "assistant", "facts", "wait", "cut", "length_reached", "recorded", "copy")
FORMATS = ("txt", "html", "png", "json")


def talk(form: UseCaseForm, *, answer: bool = False) -> gr.HTML:
    """Turns of a conversation, the last of them growing; `answer`: one answer and nothing else. See talk.js.

    What ships with the page is labelled as recorded.
    """
    told = words(**{name: f"hf_text.{name}" for name in SPOKEN})
    empty = t("hf_text.empty_answer" if answer else "hf_text.empty")
    template = (
        f'<div class="lx-talk{" lx-answer-only" if answer else ""}" data-words="{told}">'
        f'<p class="lx-recorded lx-small" hidden></p>'
        f'<div class="lx-turns" tabindex="0" role="log" aria-label="{t("hf_text.box")}" data-empty="{empty}"></div>'
        f'<p class="lx-cut" role="note" hidden></p><p class="lx-small lx-talk-facts"></p></div>'
    )
    recorded = form.first_value and {**form.first_value, "facts": None, "cached": True}
    return raw(view("talk", template, recorded, elem_id=f"{form.use_case}-view"))


Look = tuple[Any, Any]


def engine_box(form: UseCaseForm) -> Look:
    """Who answers: an engine, or a model of the hub by its id, with its size first."""
    form.choice("engine")
    form.text("name")
    button = gr.Button(t("hf_text.look"), elem_id=f"{form.use_case}-look", size="sm")
    return button, verdict_line(f"{form.use_case}-facts")


def wire_look(form: UseCaseForm, parts: Look) -> None:
    """The event of the hub box; once all controls of the form are there."""
    button, facts = parts
    button.click(form.endpoint(on_look), form.inputs, facts, api_name=f"{form.use_case}_look", **QUICK, **HIDDEN)


def on_look(request: Any, lang: str) -> dict[str, Any]:
    """What the model is and how large, before its weights travel."""
    from aigc_demo.services.hf_text.models import models

    about = models().describe(request.name.strip())
    return {"words": tr(lang, "hf_text.hub_facts", **{**about, "licence": about["licence"] or "-"}), "good": True}
