"""A line before language model and autoencoder, each with the standard and the inputless decoder."""

from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import NotFoundError
from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.textvae import requests
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import table
from aigc_demo.ui.tabs.textvae import views
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, fold, how_it_works, result

FORMATS = ("txt", "html", "png", "json")
THEIRS = {  # Bowman et al., table 2, Penn Treebank test set: NLL and KL in nats per sentence
    "lm": (100, None),
    "vae": (101, 2),
    "vae_inputless": (125, 15),
    "lm_inputless": (135, None),
}
PAPERS = {
    "Bowman et al., Generating Sentences from a Continuous Space, 2015, table 2": "https://arxiv.org/abs/1511.06349",
    "Burda et al., Importance Weighted Autoencoders, 2015 (active units)": "https://arxiv.org/abs/1509.00519",
    "Kingma et al., Improved Variational Inference with Inverse Autoregressive Flow, 2016 (free bits)": (
        "https://arxiv.org/abs/1606.04934"
    ),
}
PRESETS: dict[str, dict[str, Any]] = {
    "textvae.try_all": {"sentence": "", "hidden": 0.0},
    "textvae.try_some": {"sentence": "", "hidden": 0.4},
    "textvae.try_none": {"sentence": "", "hidden": 1.0},
    "textvae.try_odd": {"sentence": "又风生春吹", "hidden": 0.4},
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("textvae_compare", service)
    with form.tab():
        question("textvae.predict_compare", form, "#textvae_compare-view")
        with bench():
            with controls():
                form.text("sentence")
                form.slider("hidden", main=True)
                form.seed()
                form.presets(PRESETS)
            with result():
                shown = views.rivals("textvae_compare-view", form.first_value)
                form.outcome(FORMATS, library="textvae.plain_torch", line=False)
        measured()
        how_it_works(
            r"-\log p(x) \;\le\; \mathbb E_{q(z \mid x)}\big[-\log p(x \mid z)\big] + w\,\mathrm{KL}\big(q(z \mid x) "
            r"\,\Vert\, p(z)\big), \qquad w: 0 \to 1",
            "textvae.how_compare",
            PAPERS,
            sources("training.textvae:terms", "training.textvae:weight", "models.textvae:hide"),
            steps=("sentence", "encoder", "code", "decoder", "loss"),
        )
    form.watch(shown)
    return form


def measured() -> None:
    """The table of all held-out lines, as the catalogue has it, and the KL of every dimension."""
    try:
        found = {name: catalogue.checkpoint(id).metrics for name, id in requests.COMPARED.items()}
    except NotFoundError:
        return
    if not all(found.values()):
        return
    rows = [
        [t(f"textvae.model_{name}"), *ours(found[name]), *(str(value or "–") for value in THEIRS[name])]
        for name in requests.COMPARED
    ]
    head = [t(f"textvae.head_{name}") for name in ("model", "nll", "kl", "active", "right", "their_nll", "their_kl")]
    dimensions = first_results.read("textvae-dimensions") or {}
    with fold("textvae.table"):
        gr.HTML(f'<p class="lx-small">{t("textvae.table_note")}</p>')
        table("textvae_compare-measured", {"head": head, "rows": rows, "mark": None})
        if dimensions:
            pair = {name: dimensions.get(requests.COMPARED[name], []) for name in views.CODES}
            views.bars("textvae_compare-bars", pair)
            gr.HTML(f'<p class="lx-small">{t("textvae.dims_note")}</p>')


def ours(metrics: dict[str, float]) -> list[str]:
    """The cells of a model: NLL (an autoencoder's bound), KL, active units, share of words rebuilt."""
    if "kl_nats" not in metrics:
        return [f"{metrics['nll_nats']:.2f}", "–", "–", "–"]
    return [
        f"≤ {metrics['negative_elbo_nats']:.2f}",
        f"{metrics['kl_nats']:.2f}",
        f"{metrics['active_units']:.0f}",
        f"{100 * metrics['tokens_right']:.0f} %",
    ]
