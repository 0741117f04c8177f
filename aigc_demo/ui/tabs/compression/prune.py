"""Weights left out: single ones or whole channels, both networks side by side, and the curve over what is left."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.compression.requests import STEPS
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.compression.page import FORMATS
from aigc_demo.ui.tabs.compression.parts import both, outputs, subject, verdict
from aigc_demo.ui.tabs.parts import verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "Han et al., Learning both Weights and Connections for Efficient Neural Networks, 2015": (
        "https://arxiv.org/abs/1506.02626"
    ),
    "Li et al., Pruning Filters for Efficient ConvNets, 2017": "https://arxiv.org/abs/1608.08710",
}
PRESETS: dict[str, dict[str, Any]] = {
    "compression.try_half": {"model": "gpt-shakespeare", "share": 0.5, "structure": "weights"},
    "compression.try_units": {"model": "gpt-shakespeare", "share": 0.5, "structure": "channels"},
    "compression.try_most": {"model": "gpt-shakespeare", "share": 0.8, "structure": "weights"},
    "compression.try_digits": {"model": "diffusion-digits", "share": 0.4, "structure": "weights"},
    "compression.try_reader": {"model": "judge-digits", "share": 0.6, "structure": "weights"},
}


def build(service: Service) -> UseCaseForm:
    """The tab of pruning: it follows its controls at once."""
    form = UseCaseForm("compression_prune", service)
    with form.tab():
        with bench():
            with controls():
                fetched = subject(form)
                form.slider("share", main=True)
                form.choice("structure", radio=True)
                form.seed()
                form.presets(PRESETS)
            with result():
                sentence, sides = form.first_shown(shown, 2)
                charts = [
                    (
                        "compression.curve",
                        legend(
                            water="compression.curve_stored", glow="compression.now", reed="compression.curve_tuned"
                        ),
                    ),
                    ("compression.channel", legend(glow="compression.channel_left")),
                ]
                views = [
                    verdict_line("compression_prune-verdict", sentence),
                    outputs("compression_prune-view", 2, charts, sides),
                ]
                form.outcome(FORMATS, line=False)
        question("compression.predict_half", form)
        how_it_works(
            r"w'_i = w_i \cdot \big[\, |w_i| > t_p \,\big], \qquad "
            r"t_p: \text{the } p\text{-quantile of } |w| \text{ in the matrix}",
            "compression.how_prune",
            PAPERS,
            sources(
                "compression.pruning:without_weights", "compression.pruning:narrow_gpt", "training.pruned:finetuned"
            ),
            steps=("weights", "smallest", "zeros", "file"),
        )
    form.watch(*views, show=shown, steps=STEPS, after=[fetched])
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The sentence, and both networks with charts."""
    return [verdict(value, say, f"compression.time_{pace(value)}"), both(value, say)]


def pace(value: Json) -> str:
    """What is said of the time: zeros are as slow as other weights, channels that are gone are quicker, or are not."""
    weights_before, weights_after = value["weights"]
    before, after = value["milliseconds"]
    if weights_after == weights_before:
        return "zeros"
    return "channels" if after < before else "channels_same"
