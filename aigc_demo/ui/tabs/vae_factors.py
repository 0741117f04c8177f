"""Autoencoder tab, what the code says: the price of beta, and shapes whose factors are known."""

import time
from typing import Any

import gradio as gr

from aigc_demo.services.vae.requests import Beta, Shapes
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import vae_values
from aigc_demo.ui.tabs.parts import cached, digit_picker, sketch, table
from aigc_demo.ui.tabs.vae_digits import live_badge
from aigc_demo.ui.tabs.vae_views import betas, factors
from aigc_demo.ui.widgets import (
    bench,
    controls,
    drawer,
    honesty_badge,
    how_it_works,
    predict_card,
    result,
)

BETA_PAPER = {"Higgins et al., beta-VAE, 2017": "https://openreview.net/forum?id=Sy2fzU9gl"}


def beta(service: Any) -> Form:
    """What a heavier KL term costs, and what it buys."""
    form = Form("vae_beta", Beta)
    with form.tab():
        with bench():
            with controls():
                form.slider("beta", main=True)
                form.add("sample", digit_picker("vae_beta-sample", form.defaults["sample"]))
                with drawer("shell.draw_own"):
                    form.add("drawing", sketch("vae_beta-drawing"))
                form.presets(
                    {
                        "vae.try_light": {"beta": 0.25},
                        "vae.try_one": {"beta": 1},
                        "vae.try_four": {"beta": 4},
                        "vae.try_heavy": {"beta": 16},
                    }
                )
            with result():
                first = vae_values.shipped("beta")
                view = betas("vae_beta-view", first and vae_values.beta(first, Beta()))
                note = honesty_badge(cached(first))
                form.save(["png", "gif", "mp4", "json"], lambda r, kind: service.save("vae_beta", r, kind))
                form.share()
        predict_card(
            "vae.predict_beta",
            ["vae.predict_beta_right", "vae.predict_beta_b", "vae.predict_beta_c"],
            "vae.predict_beta_reveal",
        )
        how_it_works(
            r"\mathcal L = \mathbb E_{q(z|x)}\big[-\log p(x \mid z)\big] + \beta \sum_{j} "
            r"\tfrac12\big(\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2\big)",
            "vae.how_beta",
            {
                **BETA_PAPER,
                "Alemi et al., Fixing a Broken ELBO, 2017": "https://arxiv.org/abs/1711.00464",
            },
            {
                "aigc_demo/models/vae.py · Posterior.kl": function_text("models.vae", "Posterior.kl"),
                "aigc_demo/models/vae.py · VAE.log_likelihood": function_text("models.vae", "VAE.log_likelihood"),
            },
        )

    def on_beta(request: Beta) -> tuple[Any, Any]:
        """Rebuild a digit at the nearest trained beta, and move every number of its code; gives both and the badge."""
        began = time.perf_counter()
        value = vae_values.beta(vae_values.live(service.beta(request)), request)
        return value, live_badge(service, request, began)

    form.latest_wins("sample", "drawing", "")
    form.watch(on_beta, [view, note])
    return form


def shapes(service: Any) -> Form:
    """Which number of the code answers to which factor."""
    form = Form("vae_shapes", Shapes)
    with form.tab():
        with bench():
            with controls():
                form.slider("dimension", main=True)
                form.choice("shape", radio=True)
                for factor in ("x", "y", "scale", "rotation"):
                    form.slider(factor)
                for axis in ("x", "y"):  # places here, not points of the plane
                    form.components[axis].label, form.components[axis].info = t(f"vae.shapes_{axis}"), None
                form.choice("beta", radio=True)
                form.choice("training_seed", radio=True)
            with result():
                first = vae_values.shipped("shapes")
                view = factors("vae_shapes-view", first and vae_values.shapes(first, Shapes()))
                note = honesty_badge(cached(first))
                table("vae_shapes-scores", score_table())
                gr.HTML(f'<p class="lx-small">{t("vae.shapes_scores")}</p>')
                form.save(["gif", "mp4", "png", "json"], lambda r, kind: service.save("vae_shapes", r, kind))
                form.share()
        predict_card(
            "vae.predict_shapes",
            ["vae.predict_shapes_right", "vae.predict_shapes_b", "vae.predict_shapes_c"],
            "vae.predict_shapes_reveal",
        )
        how_it_works(
            r"\mathrm{MIG} = \frac1K \sum_{k=1}^K \frac{1}{H(v_k)} \Big( I(z_{j^{(k)}}; v_k) - "
            r"\max_{j \ne j^{(k)}} I(z_j; v_k) \Big)",
            "vae.how_shapes",
            {
                "Chen et al., Isolating Sources of Disentanglement (MIG), 2018": "https://arxiv.org/abs/1802.04942",
                "Kumar et al., Variational Inference of Disentangled Latent Concepts (SAP), 2017": (
                    "https://arxiv.org/abs/1711.00848"
                ),
                "Kim & Mnih, Disentangling by Factorising (FactorVAE), 2018": "https://arxiv.org/abs/1802.05983",
                "Locatello et al., Challenging Common Assumptions, 2018": "https://arxiv.org/abs/1811.12359",
            },
            {
                "aigc_demo/evaluation/disentanglement.py · information": function_text(
                    "evaluation.disentanglement", "information"
                ),
                "aigc_demo/evaluation/disentanglement.py · gaps": function_text("evaluation.disentanglement", "gaps"),
            },
        )

    def on_shapes(request: Shapes) -> tuple[Any, Any]:
        """Rebuild a shape and move every dimension of its code; gives both, and the badge."""
        began = time.perf_counter()
        value = vae_values.shapes(vae_values.live(service.shapes(request)), request)
        return value, live_badge(service, request, began)

    chosen = form.components["dimension"]
    view.picked(None, None, chosen, js="() => luoxia.column", show_progress="hidden")
    form.watch(on_shapes, [view, note])
    return form


def score_table() -> dict[str, Any] | None:
    """How far apart the factors are kept, per beta: mean of three trainings, and least to most."""
    found = vae_values.scores()
    if not found:
        return None
    head = ["β", "MIG", "SAP", "FactorVAE"]
    rows = [[f"{row['beta']:g}", *(spread(*row[name]) for name in ("mig", "sap", "factor_score"))] for row in found]
    return {"head": head, "rows": rows, "mark": None}


def spread(mean: float, low: float, high: float) -> str:
    """A mean with its range."""
    return f"{mean:.2f} ({low:.2f}–{high:.2f})"
