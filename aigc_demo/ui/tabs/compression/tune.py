"""What a pruned GPT gets back by being trained on: three texts, and held-out cost by updates as it falls."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.compression.parts import ROOM, bytes_of, made, outputs
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Han et al., Learning both Weights and Connections for Efficient Neural Networks, 2015": (
        "https://arxiv.org/abs/1506.02626"
    ),
    "Renda, Frankle & Carbin, Comparing Rewinding and Fine-tuning in Neural Network Pruning, 2020": (
        "https://arxiv.org/abs/2003.02389"
    ),
}
PRESETS: dict[str, dict[str, Any]] = {
    "compression.tune_most": {"share": 0.7, "structure": "weights"},
    "compression.tune_units": {"share": 0.8, "structure": "channels"},
    "compression.tune_little": {"share": 0.4, "structure": "weights"},
}


def build(service: Service) -> UseCaseForm:
    """The tab of fine-tuning: it runs on Run, an update after the other."""
    form = UseCaseForm("compression_tune", service)
    with form.tab():
        question("compression.predict_tune", form, "#compression_tune-view")
        with bench():
            with controls():
                form.slider("share", main=True)
                form.choice("structure", radio=True)
                form.slider("updates")
                form.seed()
                form.buttons("compression.run_tune")
                form.presets(PRESETS)
            with result():
                marks = legend(glow="compression.tune_now", water="compression.before")
                value = form.first_shown(shown, 1)[0]
                sides = outputs("compression_tune-view", 3, [("compression.tune_curve", marks)], value)
                form.outcome(("safetensors", "txt", "json"))
        how_it_works(
            r"\min_{W'} \; -\log p_{W'}(x_t \mid x_{<t}), \qquad W'_{ij} = 0 \;\text{ where pruning set it to } 0",
            "compression.how_tune",
            PAPERS,
            sources("training.pruned:tuning", "training.pruned:of_text", "compression.pruning:without_weights"),
            steps=("weights", "zeros", "text", "loss"),
        )
    form.run(sides, show=shown)
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """Three texts with what each costs and takes, and held-out cost by updates."""
    whole, cut, now = value["costs"]
    large, small = (bytes_of(size) for size in value["sizes"])
    unit, points = say("compression.nats"), value["curve"]
    names = (
        f"{say('compression.before')} · {whole:.4g} {unit} · {large}",
        f"{say('compression.tune_cut')} · {cut:.4g} {unit} · {small}",
        f"{say('compression.tune_now')} ({points[-1][0]}) · {now:.4g} {unit} · {small}",
    )
    end = value["updates"]
    chart = {
        "x": [0, end],
        "y": [0, ROOM * max(whole, *(cost for _, cost in points))],
        "across": say("compression.tune_across"),
        "up": unit,
        "lines": [
            {"kind": "water", "points": [(0, whole), (end, whole)]},
            {"kind": "glow", "points": points, "dots": points},
        ],
    }
    return [{"made": made(value, names), "charts": [chart]}]
