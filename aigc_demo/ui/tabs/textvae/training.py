"""Text VAE tab, last part: what both models wrote at moments of their training, and what it cost. All of it ships."""

import json
from typing import Any

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.textvae.requests import OF
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.textvae import views
from aigc_demo.ui.tabs.time_machine import Behind, time_machine


def build(service: Service) -> None:
    """Sentences rebuilt and drawn, the way between two, and the curves with the annealing."""
    time_machine(
        "textvae_draw",
        service,
        views.course,
        courses(),
        Behind(
            r"\mathcal L = -\log p(x \mid z) + w \sum_d \max\big(\lambda, \mathrm{KL}_d\big), \qquad "
            r"w = \frac{1}{1 + e^{-12 (p / p_w - 1/2)}}",
            {
                "Bowman et al., Generating Sentences from a Continuous Space, 2015, section 3.1": (
                    "https://arxiv.org/abs/1511.06349"
                )
            },
            sources("training.textvae:weight", "training.textvae:terms"),
            ("sentence", "encoder", "code", "decoder", "loss"),
        ),
        covers=".lx-charts",
    )


def courses() -> dict[str, Any] | None:
    """Corpus -> address of what `python -m aigc_demo.training.time_machine` wrote; None without any."""
    found = {}
    for corpus, id in OF.items():
        file = first_results.EXAMPLES / f"{id}-training.json"
        try:
            json.loads(file.read_text("utf-8"))
            found[corpus] = first_results.address(file.name)
        except (OSError, ValueError):
            continue
    return found or None
