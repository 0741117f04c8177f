"""How a run of the GPT's inner tabs goes to the page: the newest value a few times a second, progress and badge."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from aigc_demo.ui.widgets import badge, progress

FLUSH = 0.1  # seconds between two values
TOLD = 0.5  # seconds between two words on progress


def streamed(
    steps: Iterator[Any], value: Callable[[Any], Any], facts: dict[str, Any]
) -> Iterator[tuple[Any, Any, Any]]:
    """Steps -> (view, progress, badge). A value that is None, or comes too soon after another, is not shown."""
    began = time.perf_counter()
    sent = told = 0.0
    for step in steps:
        now, last = time.perf_counter(), step.done >= step.total
        if not last and now - sent < FLUSH:
            continue
        sent, words = now, (gr.skip(), gr.skip())
        if last or now - told >= TOLD:
            told = now
            words = (progress(step.done, step.total), badge("live", ms=(now - began) * 1000, **facts))
        yield (gr.skip() if step.value is None else value(step.value), *words)
