"""What the inner tabs of hf_text share: the view of a conversation, the box for a hub id, and how answers stream."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.hf_text import values
from aigc_demo.services.hf_text.results import Loading
from aigc_demo.ui.events import QUICK
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.tabs.parts import verdict_view, words
from aigc_demo.ui.widgets import badge, progress, raw, view

FLUSH = 0.015  # seconds that a token waits for others, at most, before the page is told
TOLD = 0.5  # seconds between two words on progress
SPOKEN = ("user", "assistant", "facts", "wait", "cut", "length_reached", "recorded", "copy")
FORMATS = ("txt", "html", "png", "json")


def talk_view(elem_id: str, value: Any = None, *, answer: bool = False) -> gr.HTML:
    """Turns of a conversation, the last of them growing; `answer`: one answer and nothing else. See static/chat.js."""
    told = words(**{name: f"hf_text.{name}" for name in SPOKEN})
    empty = t("hf_text.empty_answer" if answer else "hf_text.empty")
    template = (
        f'<div class="lx-talk{" lx-answer-only" if answer else ""}" data-words="{told}">'
        f'<p class="lx-recorded lx-small" hidden></p>'
        f'<div class="lx-turns" tabindex="0" role="log" aria-label="{t("hf_text.box")}" data-empty="{empty}"></div>'
        f'<p class="lx-cut" role="note" hidden></p><p class="lx-small lx-talk-facts"></p></div>'
    )
    return raw(view("talk", template, value, elem_id=elem_id))


def recorded(name: str) -> dict[str, Any] | None:
    """A recorded conversation or answer, labelled so; None without it."""
    value = home.shipped_value(f"smollm2-{name}")
    return value if value and isinstance(value.get("turns"), list) else None


Look = tuple[Any, Any]


def engine_box(form: Form) -> Look:
    """Who answers: an engine, or a model of the hub by its id, with its size first."""
    form.choice("engine")
    form.text("name")
    button = gr.Button(t("hf_text.look"), elem_id=f"{form.use_case}-look", size="sm")
    return button, gr.HTML(elem_id=f"{form.use_case}-facts", **verdict_view())


def wire_look(form: Form, service: Any, parts: Look) -> None:
    """The event of the hub box; once all controls of the form are there."""

    def on_look(request: Any, lang: str) -> dict[str, Any]:
        """What the model is and how large, before its weights travel."""
        about = service.describe(request.name.strip())
        found = {**about, "licence": about["licence"] or "-"}
        return {"words": tr(lang, "hf_text.hub_facts", **found), "good": True}

    button, facts = parts
    button.click(form.endpoint(on_look), form.inputs, facts, api_name=f"{form.use_case}_look", **QUICK)


def streamed(steps: Iterator[Any], turns: list[dict[str, str]], seed: int) -> Iterator[tuple[Any, Any, Any]]:
    """Steps of Said or Loading -> (view, progress, badge); the page is told within FLUSH seconds of every token."""
    began = sent = time.perf_counter()
    told = 0.0
    said = None
    for step in steps:
        now = time.perf_counter()
        took = badge("live", device="CPU", ms=(now - began) * 1000, seed=seed)
        if isinstance(step.value, Loading):
            if said is None and now - told >= TOLD:
                told = now
                yield values.conversation(turns, None), gr.skip(), took
            continue
        last = bool(step.value.ended)
        if said is not None and now - sent < FLUSH and not last:
            continue
        said, sent = step.value, now
        marks = (gr.skip(), gr.skip())
        if last or now - told >= TOLD:
            told, marks = now, (progress(step.done, step.total), took)
        yield values.conversation(turns, said, over=last), *marks
