"""GPTQ beside round to nearest: three texts from the same numbers, and every layer's error in both ways."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.compression.parts import made, outputs
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Frantar et al., GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers, 2022": (
        "https://arxiv.org/abs/2210.17323"
    )
}


def build(service: Service) -> UseCaseForm:
    """The tab of GPTQ: it runs on Run, a step per block."""
    form = UseCaseForm("compression_gptq", service)
    with form.tab():
        question("compression.predict_gptq", form, "#compression_gptq-view")
        with bench():
            with controls():
                form.choice("bits", radio=True)
                form.slider("texts", main=True)
                form.seed()
                form.buttons("compression.run_gptq")
            with result():
                marks = legend(water="compression.nearest", glow="compression.gptq")
                value = form.first_shown(shown, 1)[0]
                both = outputs("compression_gptq-view", 3, [("compression.gptq_layers", marks)], value)
                form.outcome(("txt", "html", "png", "json"))
        how_it_works(
            r"\min_{W'} \mathbb E\,\lVert W x - W' x \rVert^2, \qquad "
            r"W_{:,j} \mathrel{-}= \frac{w_i - q_i}{U_{ii}}\, U_{ij} \;\; (j > i), \quad U^\top U = H^{-1}",
            "compression.how_gptq",
            PAPERS,
            sources("compression.gptq:quantised", "compression.gptq:layer_by_layer"),
            steps=("weights", "rounding", "error", "columns"),
        )
    form.run(both, show=shown)
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """Three texts with what each costs, and the errors of all layers."""
    bits, costs = value["bits"], value["costs"]
    words = (
        f"{say('compression.before')} · 32 {say('shell.bits')}",
        f"{say('compression.nearest')} · {bits} {say('shell.bits')}",
        f"{say('compression.gptq')} · {bits} {say('shell.bits')}",
    )
    unit = say("compression.nats")
    names = [f"{name} · {cost:.4g} {unit}" for name, cost in zip(words, costs, strict=True)]
    rows = value["layers"]
    lines = [
        {"kind": kind, "points": points, "dots": points}
        for kind, place in (("water", 1), ("glow", 2))
        for points in [[(at + 1, 100 * row[place]) for at, row in enumerate(rows)]]
    ]
    top = 1.12 * max(100 * max(row[1:]) for row in rows)
    chart = {
        "x": [0.5, len(rows) + 0.5],
        "y": [0, top],
        "across": say("compression.gptq_across"),
        "up": say("compression.gptq_up"),
        "lines": lines,
    }
    return [{"made": made(value, names), "charts": [chart]}]
