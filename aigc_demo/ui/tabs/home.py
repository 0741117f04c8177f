"""The landing view: one real run to play with, and a door into every family."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.ui import header
from aigc_demo.ui.i18n import t


def build(families: Sequence[Any]) -> None:
    """Tagline, strip, cards, small print."""
    gr.HTML(f'<p class="lx-tagline">{t("shell.tagline")}</p>')
    header.footer()
