"""hf_text tab: a pretrained language model to talk to, in our own network and in transformers."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.ui.events import guarded, paced
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.tabs import hf_text_beside, hf_text_chat, hf_text_tasks
from aigc_demo.ui.tabs.parts import verdict_view
from aigc_demo.ui.widgets import heading

FETCH: dict[str, Any] = {"concurrency_id": "fetch", "concurrency_limit": 1, "api_visibility": "private"}


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("hf_text.title", "hf_text.lead")
    fetch_row(service)
    with gr.Tabs(elem_id="inner-hf_text"):
        forms = [hf_text_chat.chat(service)]
        forms += [hf_text_tasks.task(service, name) for name in hf_text_tasks.TASKS]
        forms.append(hf_text_beside.beside(service))
    return forms


def fetch_row(service: Any) -> None:
    """The button that brings the model here, how large it is, and how far it has come."""
    with gr.Row(elem_classes=["lx-line", "lx-fetch"], equal_height=False):
        button = gr.Button(t("hf_text.fetch"), size="sm", elem_id="hf_text-fetch", min_width=170, scale=0)
        line = gr.HTML({"words": t("hf_text.fetch_help"), "good": True}, elem_id="hf_text-fetched", **verdict_view())

    @guarded
    def on_fetch(request: gr.Request) -> Iterator[dict[str, Any]]:
        lang, told = language(request), 0.0
        for step in paced(service.fetch()):
            now = time.perf_counter()
            if step.value is None:
                continue
            if step.value.what != "done" and now - told < 0.5:
                continue
            told = now
            words = tr(lang, f"hf_text.fetch_{step.value.what}", done=step.done, total=step.total)
            yield {"words": words, "good": True}

    button.click(on_fetch, None, line, show_progress="hidden", **FETCH)
