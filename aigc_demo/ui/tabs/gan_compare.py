"""GAN tab, comparison: seven models that learned the same digits, from the same seeds, read by the same judge."""

import json
import time
from pathlib import Path
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.gan.checkpoints import of_model
from aigc_demo.services.gan.requests import Compare
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import gan_values
from aigc_demo.ui.tabs.gan_draw import PAPERS
from aigc_demo.ui.tabs.gan_judging_views import DIGITS, lineup, measured
from aigc_demo.ui.tabs.gan_values import live_badge
from aigc_demo.ui.tabs.parts import cached, table
from aigc_demo.ui.widgets import bench, controls, honesty_badge, how_it_works, predict_card, result

RECALL = {
    "Kynkäänniemi et al., Improved Precision and Recall Metric for Assessing Generative Models, 2019": (
        "https://arxiv.org/abs/1904.06991"
    ),
    "Heusel et al., GANs Trained by a Two Time-Scale Update Rule (the Fréchet distance), 2017": (
        "https://arxiv.org/abs/1706.08500"
    ),
}


def compare(service: Any) -> Form:
    """All models of digits at once."""
    form = Form("gan_compare", Compare)
    with form.tab():
        predict_card(
            "gan.predict_compare",
            ["gan.predict_compare_right", "gan.predict_compare_b", "gan.predict_compare_c"],
            "gan.predict_compare_reveal",
        )
        with bench():
            with controls():
                form.seed()
                form.slider("count", main=True)
            with result():
                first = gan_values.shipped("compare")
                view = lineup("gan_compare-view", first and with_shares(first))
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda request, kind: service.save("gan_compare", request, kind))
                form.share()
        figures = measured()
        if figures:
            gr.HTML(f'<p class="lx-small lx-guarded">{t("gan.measured")}</p>')
            table("gan_compare-measured", figures)
        how_it_works(
            r"\mathrm{FD} = \lVert m_1 - m_2 \rVert^2 + \mathrm{tr}\big(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\big), \qquad "
            r"\mathrm{recall} = \frac 1 N \sum_{i=1}^N "
            r"\big[\, \exists\, j: \lVert \phi(x_i) - \phi(y_j) \rVert \le r_3(y_j) \,\big]",
            "gan.how_compare",
            {**RECALL, **PAPERS},
            {
                "aigc_demo/evaluation/gan.py · covered": function_text("evaluation.gan", "covered"),
                "aigc_demo/evaluation/frechet.py · frechet": function_text("evaluation.frechet", "frechet"),
            },
        )

    def on_compare(request: Compare) -> tuple[Any, Any]:
        """Draw the same seeds with every model of digits and read them; sheet, class counts, and the badge."""
        began = time.perf_counter()
        value = with_shares(gan_values.live(service.compare(request)))
        return value, live_badge(service, request, began)

    form.watch(on_compare, [view, note])
    return form


def with_shares(value: dict[str, Any], folder: Path = home.EXAMPLES) -> dict[str, Any]:
    """In the order of the page, with the share of every class in 10,000 pictures, where that was measured."""
    try:
        known: dict[str, list[int]] = json.loads((folder / "gan-classes.json").read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    shares = {
        name: [count / sum(counts) for count in counts] for name in DIGITS if (counts := known.get(of_model(name)))
    }
    return {**value, "shares": shares}
