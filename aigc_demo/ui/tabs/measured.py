"""Shares that were measured on the weights that ship, as a line under a result."""

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.ui.i18n import t


def measured(checkpoint: str, words: str, *shares: tuple[str, str]) -> None:
    """`words`: key of what they are. Key of the words of a share -> its name in the catalogue; unknown ones are left
    out."""
    known = catalogue.checkpoint(checkpoint).metrics
    parts = [f"{t(key)} <b>{100 * known[name]:.0f} %</b>" for key, name in shares if name in known]
    if parts:
        gr.HTML(f'<p class="lx-note">{t(words)} {" · ".join(parts)}</p>')
