"""The box of a chart that luoxia.chart draws, its legend, and what often stands beside it."""

from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import view

PANES = '<div class="lx-panes"></div>'
SENTENCE = '<p class="lx-verdict" hidden></p>'


def plot(title: str, legend: str = "", more: str = "") -> str:
    """A chart with its title, and what its marks mean below; both are keys."""
    line = f'<p class="lx-small lx-caption">{legend}</p>' if legend else ""
    return (
        f'<figure class="lx-chart"><figcaption>{t(title)}</figcaption>'
        f'<svg viewBox="0 0 420 190" role="img" aria-label="{t(title)}"></svg>{line}{more}</figure>'
    )


def legend(**keys: str) -> str:
    """Colour -> the key of what it stands for, as a line under a chart."""
    return " ".join(f'<span class="lx-hue lx-hue-{kind}">{t(key)}</span>' for kind, key in keys.items())


def charts(elem_id: str, plots: str, value: Any = None) -> gr.HTML:
    """Boxes made by `plot` whose charts are the value's: {"charts": [as luoxia.chart takes them]}."""
    return view("charts", f'<div class="lx-charted">{plots}</div>', value, elem_id=elem_id)
