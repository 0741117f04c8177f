"""How likely a picture is as a digit."""

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_picker, sketch
from aigc_demo.ui.tabs.vae.page import own
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import PANES, SENTENCE, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_anomaly", service)
    with form.tab():
        with bench():
            with controls():
                form.choice("odd", radio=True)
                form.add("drawing", sketch("vae_anomaly-drawing"))
                form.add("sample", digit_picker("vae_anomaly-sample", form.defaults["sample"]))
                with drawer():
                    form.seed()
            with result():
                shown = meter("vae_anomaly-view", form.first_value)
                form.outcome(("png", "json"), line=False)
        question("vae.predict_odd", form)
        how_it_works(
            r"\log p(x) \;\ge\; \mathbb E_{z_1 \dots z_K \sim q(z|x)} \log \frac 1 K \sum_{k=1}^K "
            r"\frac{p(x \mid z_k)\, p(z_k)}{q(z_k \mid x)}",
            "vae.how_anomaly",
            {
                "Burda et al., Importance Weighted Autoencoders, 2015": "https://arxiv.org/abs/1509.00519",
                "Nalisnick et al., Do Deep Generative Models Know What They Don't Know?, 2018": (
                    "https://arxiv.org/abs/1810.09136"
                ),
            },
            sources("models.vae:VAE.log_weights", "models.vae:bound"),
            steps=("picture", "encoder", "code", "decoder", "gap"),
        )
    form.latest_wins("sample", "drawing", "")
    for name in ("sample", "drawing"):
        form.latest_wins(name, "odd", "none")
    form.watch(shown)
    return form


def meter(elem_id: str, value: Json | None) -> gr.HTML:
    """A picture, rebuilt, where they differ, and a needle among the bounds of the test digits."""
    chart = plot("vae.anomaly_plot", more='<p class="lx-small lx-off"></p>')
    names = "picture rebuilt error none all few many unknown outside across up"
    return view("meter", own("meter", "anomaly", names, f"{PANES}{SENTENCE}{chart}"), value, elem_id=elem_id)
