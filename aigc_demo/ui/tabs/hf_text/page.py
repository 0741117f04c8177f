"""A pretrained language model to talk to, in our own network and in transformers."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.ui.events import guarded, paced
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.tabs.parts import verdict_view
from aigc_demo.ui.use_case_form import HIDDEN

TABS = ("chat", "summarise", "ask", "translate", "beside")
FETCH: dict[str, Any] = {"concurrency_id": "fetch", "concurrency_limit": 1, **HIDDEN}


def above() -> None:
    """The button that brings SmolLM2 here, how large it is, and how far it has come."""
    with gr.Row(elem_classes=["lx-line", "lx-fetch"], equal_height=False):
        button = gr.Button(t("hf_text.fetch"), size="sm", elem_id="hf_text-fetch", min_width=170, scale=0)
        line = gr.HTML({"words": t("hf_text.fetch_help"), "good": True}, elem_id="hf_text-fetched", **verdict_view())

    @guarded
    def on_fetch(request: gr.Request) -> Iterator[dict[str, Any]]:
        from aigc_demo.services.hf_text.models import models

        lang, told = language(request), 0.0
        for step in paced(models().fetch()):
            now = time.perf_counter()
            if step.value is None:
                continue
            if step.value.what != "done" and now - told < 0.5:
                continue
            told = now
            words = tr(lang, f"hf_text.fetch_{step.value.what}", done=step.done, total=step.total)
            yield {"words": words, "good": True}

    button.click(on_fetch, None, line, show_progress="hidden", **FETCH)
