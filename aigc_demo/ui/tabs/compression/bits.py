"""Fewer bits a weight: both networks side by side, cost against size, and a channel's weights on their grid."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.compression.requests import STEPS
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.compression.page import FORMATS
from aigc_demo.ui.tabs.compression.parts import both, layers, outputs, subject, verdict
from aigc_demo.ui.tabs.parts import table, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import bench, controls, fold, how_it_works, result

PAPERS = {
    "Jacob et al., Quantization and Training for Efficient Integer-Arithmetic-Only Inference, 2018": (
        "https://arxiv.org/abs/1712.05877"
    ),
    "Krishnamoorthi, Quantizing deep convolutional networks for efficient inference, 2018": (
        "https://arxiv.org/abs/1806.08342"
    ),
}
PRESETS: dict[str, dict[str, Any]] = {
    "compression.try_eight": {"model": "diffusion-digits", "bits": 8, "granularity": "channel"},
    "compression.try_text": {"model": "gpt-shakespeare", "bits": 2, "granularity": "channel"},
    "compression.try_matrix": {"model": "gpt-shakespeare", "bits": 3, "granularity": "matrix"},
    "compression.try_smollm2": {"model": "smollm2-135m", "bits": 4, "granularity": "channel"},
    "compression.try_judge": {"model": "judge-digits", "bits": 3, "granularity": "channel"},
}


def build(service: Service) -> UseCaseForm:
    """The tab of bits: it follows its controls at once."""
    form = UseCaseForm("compression_bits", service)
    with form.tab():
        with bench():
            with controls():
                fetched = subject(form)
                form.choice("bits", radio=True)
                form.choice("granularity", radio=True)
                form.seed()
                form.presets(PRESETS)
            with result():
                sentence, sides, rows = form.first_shown(shown, 3)
                views = [
                    verdict_line("compression_bits-verdict", sentence),
                    outputs(
                        "compression_bits-view",
                        2,
                        [
                            ("compression.curve", legend(water="compression.curve_stored", glow="compression.now")),
                            ("compression.channel", legend(glow="compression.channel_after")),
                        ],
                        sides,
                    ),
                ]
                form.outcome(FORMATS, line=False)
                with fold("compression.layers"):
                    views.append(table("compression_bits-layers", rows))
        question("compression.predict_eight", form)
        question("compression.predict_text", form)
        challenge("compression.challenge_small", form)
        how_it_works(
            r"q = \mathrm{clamp}\!\left(\left\lfloor \tfrac{w}{s} \right\rceil + z,\; 0,\; 2^b - 1\right), "
            r"\qquad w' = s\,(q - z)",
            "compression.how_bits",
            PAPERS,
            sources("compression.rounding:grid_of", "compression.packing:of_bits"),
            steps=("weights", "grid", "integers", "file"),
        )
    form.watch(*views, show=shown, steps=STEPS, after=[fetched])
    return form


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The sentence, both networks with charts, and the layers."""
    return [verdict(value, say, "compression.time_bits"), both(value, say), layers(value, say)]
