"""A byte per weight: ours and torch's dynamic quantisation, beside float32."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import gap, table, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Dettmers et al., LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale, 2022": (
        "https://arxiv.org/abs/2208.07339"
    )
}


def build(service: Service) -> UseCaseForm:
    """The tab of the comparison: a verdict and a row for each way."""
    form = UseCaseForm("compression_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.choice("batch", radio=True)
                form.buttons("compression.run_beside")
            with result():
                sentence, rows = form.first_shown(shown, 2)
                views = [
                    verdict_line("compression_beside-verdict", sentence),
                    table("compression_beside-table", rows),
                ]
                gr.HTML(f'<p class="lx-note">{t("compression.beside_torchao")}</p>')
                form.outcome(("txt", "html", "png", "json"))
        question("compression.predict_beside", form, "#compression_beside-table")
        how_it_works(
            r"y = \sum_i x_i \,(s_i\, q_i + l_i) \quad \text{(ours)}, \qquad "
            r"y = s_x s_w \sum_i q^x_i\, q^w_i \quad \text{(torch)}",
            "compression.how_beside",
            PAPERS,
            sources("models.int8:to_bytes", "services.compression.beside:dynamic"),
            steps=("weights", "ours", "=", "library"),
        )
    form.run(*views, show=shown)
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The sentence that sums up, and a row for each."""
    times = value["milliseconds"]
    speeds = {name: f"{times[0] / times[place]:.2f}" for place, name in ((1, "ours"), (2, "torch"))}
    head = [say(f"compression.beside_{name}") for name in ("way", "cost", "time", "gap")]
    columns = zip(value["names"], value["costs"], times, value["gaps"], strict=True)
    rows = [[name, f"{cost:.4g}", f"{spent:.2f}", gap(most)] for name, cost, spent, most in columns]
    return [
        {"words": say("compression.beside_says"), "values": speeds, "good": True},
        {"head": head, "rows": rows, "mark": None},
    ]
