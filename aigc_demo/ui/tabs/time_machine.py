"""A time machine: what a model made at moments of its training. All of it ships; the view is the family's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.ui import toolbar
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import badge, heading, honesty_badge, how_it_works, result


@dataclass(frozen=True)
class Behind:
    """What "How it works" tells of a training, see widgets.how_it_works."""

    formula: str
    papers: Mapping[str, str]
    sources: Mapping[str, str]
    steps: Sequence[str]


def course_files(checkpoint: str, folder: Path = first_results.EXAMPLES) -> dict[str, str] | None:
    """Where the page finds what `python -m aigc_demo.training.time_machine` wrote of a checkpoint; None without it."""
    try:
        return {
            "facts": first_results.address(f"{checkpoint}-training.json", folder),
            "sheet": first_results.address(f"{checkpoint}-snapshots.png", folder),
        }
    except OSError:
        return None


def time_machine(
    asked: str,
    service: Service,
    show: Callable[[str, Any], Any],
    value: Any,
    behind: Behind,
    *,
    covers: str = "",
    words: str = "",
) -> None:
    """The inner tab <family>_training of the family of the use case `asked`, whose settings the question leaves alone.

    `show(elem_id, value)` makes the view, of None where nothing ships; `covers` is a selector in it of what would
    tell the answer. Title, lead, question and explanation are <words>.training_... and so on; `words` is the family.
    """
    family = asked.split("_")[0]
    words = words or family
    use_case = f"{family}_training"
    with gr.Tab(t(f"{family}.tab_training"), id=use_case, elem_id=f"tab-{use_case}"):
        heading(f"{words}.training_title", f"{words}.training_lead")
        form = UseCaseForm(asked, service)
        question(f"{words}.predict_training", form, *([f"#{use_case}-view {covers}"] if covers else []))
        with result():
            show(f"{use_case}-view", value)
            parameters = value.get("parameters") if isinstance(value, dict) else None
            honesty_badge(badge("cached", parameters=parameters) if value else None)
            row = toolbar.share_row(use_case, settings=False)
            gr.HTML(row, apply_default_css=False, elem_classes="lx-toolbar")
        how_it_works(behind.formula, f"{words}.how_training", behind.papers, behind.sources, steps=behind.steps)
