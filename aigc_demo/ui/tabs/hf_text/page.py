"""A pretrained language model to talk to, in our own network and in transformers."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services.hf_text.here import smollm2_is_here
from aigc_demo.ui.events import guarded, paced, queue
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.use_case_form import HIDDEN
from aigc_demo.ui.widgets import view

TABS = ("chat", "summarise", "ask", "translate", "beside")
FETCH: dict[str, Any] = {**queue("fetch"), **HIDDEN}


def above() -> None:
    """The button that brings SmolLM2 here, how large it is, and how far it has come."""
    with gr.Row(elem_classes=["lx-line", "lx-fetch"], equal_height=False):
        button = gr.Button(t("hf_text.fetch"), size="sm", elem_id="hf_text-fetch", min_width=170, scale=0)
        template = f'<p class="lx-verdict" data-absent="{t("hf_text.absent")}" hidden></p>'
        first = {"words": t("hf_text.fetch_help"), "good": True, "here": smollm2_is_here()}
        line = view("brought", template, first, elem_id="hf_text-fetched")

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
            yield {"words": words, "good": True, **({"here": True} if step.value.what == "done" else {})}

    button.click(on_fetch, None, line, show_progress="hidden", **FETCH)
