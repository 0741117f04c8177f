"""Text VAE tab, third part: language model and autoencoder, each with the standard and the inputless decoder."""

import json
import time
from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.core.errors import NotFoundError
from aigc_demo.services import home
from aigc_demo.services.textvae import checkpoints
from aigc_demo.services.textvae.requests import Compare
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import textvae_views
from aigc_demo.ui.tabs.parts import cached, table
from aigc_demo.ui.tabs.textvae_values import FORMATS, live_badge, shipped
from aigc_demo.ui.widgets import bench, controls, honesty_badge, how_it_works, predict_card, result

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


def compare(service: Any) -> Form:
    """A line before four models, the table of all held-out lines, and what word dropout does."""
    form = Form("textvae_compare", Compare)
    with form.tab():
        with bench():
            with controls():
                form.text("sentence")
                form.slider("hidden", main=True)
                form.seed()
                form.presets(PRESETS)
            with result():
                first = shipped("compare")
                view = textvae_views.rivals("textvae_compare-view", first)
                note = honesty_badge(cached(first))
                form.save(FORMATS, lambda request, kind: service.save("textvae_compare", request, kind))
                form.share(lambda request: service.python(request), "textvae.plain_torch")
        measured()
        predict_card(
            "textvae.predict_compare",
            ["textvae.predict_compare_right", "textvae.predict_compare_b", "textvae.predict_compare_c"],
            "textvae.predict_compare_reveal",
        )
        how_it_works(
            r"-\log p(x) \;\le\; \mathbb E_{q(z \mid x)}\big[-\log p(x \mid z)\big] + w\,\mathrm{KL}\big(q(z \mid x) "
            r"\,\Vert\, p(z)\big), \qquad w: 0 \to 1",
            "textvae.how_compare",
            PAPERS,
            {
                "aigc_demo/training/textvae.py · terms": function_text("training.textvae", "terms"),
                "aigc_demo/training/textvae.py · weight": function_text("training.textvae", "weight"),
                "aigc_demo/models/textvae.py · hide": function_text("models.textvae", "hide"),
            },
        )

    def on_compare(request: Compare) -> tuple[Any, Any]:
        """What a line costs four models, word by word, and the line rebuilt with some of its words hidden."""
        began = time.perf_counter()
        return textvae_views.live(service.compare(request)), live_badge(service, request, began)

    form.watch(on_compare, [view, note])
    return form


def measured() -> None:
    """The table of all held-out lines, as the catalogue has it, and the KL of every dimension."""
    try:
        found = {name: catalogue.checkpoint(id).metrics for name, id in checkpoints.COMPARED.items()}
        main = {id: catalogue.checkpoint(id).metrics for id in (checkpoints.VERSE, checkpoints.REVIEWS)}
    except NotFoundError:
        return
    if not all(found.values()):
        return
    gr.HTML(f'<h3 class="lx-section">{t("textvae.table")}</h3><p class="lx-small">{t("textvae.table_note")}</p>')
    rows = [
        [t(f"textvae.model_{name}"), *ours(found[name]), *(str(value or "–") for value in THEIRS[name])]
        for name in checkpoints.COMPARED
    ]
    rows += [
        [t(f"textvae.main_{id.rpartition('-')[2]}"), *ours(metrics), "–", "–"]
        for id, metrics in main.items()
        if metrics
    ]
    head = [t(f"textvae.head_{name}") for name in ("model", "nll", "kl", "active", "right", "their_nll", "their_kl")]
    table("textvae_compare-measured", {"head": head, "rows": rows, "mark": None})
    try:
        dimensions = json.loads((home.EXAMPLES / "textvae-dimensions.json").read_text("utf-8"))
    except (OSError, ValueError):
        return
    names = {"vae": checkpoints.COMPARED["vae"], "vae_inputless": checkpoints.COMPARED["vae_inputless"]}
    names |= {"verse": checkpoints.VERSE, "reviews": checkpoints.REVIEWS}
    textvae_views.bars("textvae_compare-bars", {name: dimensions.get(id, []) for name, id in names.items()})
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
