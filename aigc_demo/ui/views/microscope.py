"""The microscope: the panes of a run side by side over one scrubber, see microscope.js."""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.widgets import scrubber, view

NAMES = ("given", "x", "x0", "eps", "eps_null", "eps_class", "picture", "difference")


def microscope(
    value: Any = None,
    *,
    colour: bool = False,
    elem_id: str | None = None,
    panes: Mapping[str, str] | None = None,
) -> gr.HTML:
    """Its value is a `page_values.reel`; `panes`: pane -> key of its name
    where that differs from the diffusion family's."""
    names = {name: f"diffusion.pane_{name}" for name in NAMES} | {"done": "diffusion.finished"} | dict(panes or {})
    template = (
        f'<div class="lx-microscope" data-colour="{int(colour)}" data-words="{words(**names)}">'
        f'<div class="lx-panes"></div>{scrubber()}'
        f'<div class="lx-strips lx-single" style="--columns:9"{"" if value else " hidden"}></div></div>'
    )
    return view("microscope", template, value, elem_id=elem_id)
