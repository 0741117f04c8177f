"""Eight held-out emoji: nothing done, without the cycle term, with it, and the truth."""

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import NotFoundError
from aigc_demo.services.cyclegan.requests import CYCLE, WITHOUT
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.cyclegan.page import PAPER, box
from aigc_demo.ui.tabs.parts import table
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

ROWS = ("nothing", "without", "cycle", "truth")
MEASURED = ("mean_absolute_error", "vendor_right", "group_right", "class_right")


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("cyclegan_compare", service)
    with form.tab():
        question("cyclegan.predict_compare", form, "#cyclegan_compare-view")
        with bench():
            with controls():
                form.choice("direction", radio=True)
                form.choice("row", radio=True)
            with result():
                shown = rivals("cyclegan_compare-view", form.first_value)
                form.outcome(("png", "gif", "mp4", "json"), library="cyclegan.plain_torch", line=False)
        measured("cyclegan_compare-measured")
        how_it_works(
            r"\mathcal L_{\text{cyc}} = \mathbb E_x \lVert F(G(x)) - x \rVert_1 + \mathbb E_y \lVert G(F(y)) - y "
            r"\rVert_1, \qquad \mathcal L_{\text{identity}} = \mathbb E_y \lVert G(y) - y \rVert_1 + "
            r"\mathbb E_x \lVert F(x) - x \rVert_1",
            "cyclegan.how_compare",
            PAPER,
            sources("evaluation.cyclegan:evaluate"),
            steps=("photo", "translator", "style", "translator", "photo"),
        )
    form.watch(shown)
    return form


def rivals(elem_id: str, value: Json | None) -> gr.HTML:
    """Four rows of eight pictures, and how far each is from the truth."""
    cells = '<figure><canvas aria-hidden="true"></canvas><figcaption></figcaption></figure>' * 8
    rows = "".join(
        f'<div class="lx-rival" data-row="{name}"><p><b>{t(f"cyclegan.row_{name}")}</b><span></span></p>{cells}</div>'
        for name in ROWS
    )
    markup = f'<div class="lx-rivals">{rows}</div><p class="lx-verdict" hidden></p>'
    return view("rivals", box("rivals-view", "mean compare_says truth_of", markup), value, elem_id=elem_id)


def measured(elem_id: str) -> None:
    """The table of all held-out pairs, as the catalogue has it; nothing before it was measured."""
    try:
        cycle, without = (catalogue.checkpoint(id).metrics for id in (CYCLE, WITHOUT))
    except NotFoundError:
        return
    if not cycle or not without:
        return
    ways = {
        "row_nothing": {name: cycle[f"{name}_nothing"] for name in MEASURED},
        "row_without": without,
        "row_cycle": cycle,
    }
    rows = [
        [t(f"cyclegan.{key}"), *(f"{100 * found[name]:.1f} %" for name in MEASURED), cycle_cell(found)]
        for key, found in ways.items()
    ]
    head = [t(f"cyclegan.head_{name}") for name in ("way", *MEASURED, "cycle_error")]
    gr.HTML(f'<p class="lx-small lx-measured">{t("cyclegan.measured")}</p>')
    table(elem_id, {"head": head, "rows": rows, "mark": None})


def cycle_cell(found: dict[str, float]) -> str:
    """The cycle error; doing nothing has none."""
    return f"{100 * found['cycle_error']:.1f} %" if "cycle_error" in found else "0"
