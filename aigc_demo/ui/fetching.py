"""The button that brings SmolLM2 to this machine, on whatever page asks for the model."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.ui.events import guarded, paced, queue
from aigc_demo.ui.i18n import language, tr
from aigc_demo.ui.use_case_form import HIDDEN

OPTIONS: dict[str, Any] = {**queue("fetch"), **HIDDEN, "show_progress": "hidden"}
PAUSE = 0.5  # seconds between two sentences about a download


def fetches(button: gr.Button, line: gr.HTML, done: str) -> Any:
    """Let `button` bring the model here, while `line` says how far it is; `done`: key of the last sentence."""

    @guarded
    def on_fetch(request: gr.Request) -> Iterator[dict[str, Any]]:
        from aigc_demo.services.hf_text.models import models

        lang, told = language(request), 0.0
        for step in paced(models().fetch()):
            if step.value is None:
                continue
            here = step.value.what == "done"
            if not here and time.perf_counter() - told < PAUSE:
                continue
            told = time.perf_counter()
            words = tr(lang, done if here else f"hf_text.fetch_{step.value.what}", done=step.done, total=step.total)
            yield {"words": words, "good": True, **({"here": True} if here else {})}

    return button.click(on_fetch, None, line, **OPTIONS)
