"""What a heavier KL term costs, and what it buys."""

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_picker, sketch
from aigc_demo.ui.tabs.vae.page import BETA_VAE, columns, own
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import PANES, SENTENCE, legend, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_beta", service)
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
                shown = betas("vae_beta-view", form.first_value)
                form.outcome(("png", "gif", "mp4", "json"), line=False)
        question("vae.predict_beta", form)
        how_it_works(
            r"\mathcal L = \mathbb E_{q(z|x)}\big[-\log p(x \mid z)\big] + \beta \sum_{j} "
            r"\tfrac12\big(\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2\big)",
            "vae.how_beta",
            {
                **BETA_VAE,
                "Alemi et al., Fixing a Broken ELBO, 2017": "https://arxiv.org/abs/1711.00464",
            },
            sources("models.vae:Posterior.kl", "models.vae:VAE.log_likelihood"),
            steps=("picture", "encoder", "code", "decoder", "loss"),
        )
    form.latest_wins("sample", "drawing", "")
    form.watch(shown)
    return form


def betas(elem_id: str, value: Json | None) -> gr.HTML:
    """A digit at one beta: rebuilt, what every dimension costs, and what it does."""
    chart = plot("vae.beta_plot", legend(glow="vae.beta_reconstruction", water="vae.beta_kl"))
    bars = legend(water="vae.beta_mean", glow="vae.beta_own")
    grid = f'<p class="lx-small lx-caption">{t("vae.beta_grid")}<br>{bars}</p>{columns("vae.beta_columns")}'
    markup = f'<div class="lx-pair">{PANES}{chart}</div>{SENTENCE}{grid}'
    names = "picture rebuilt nats own mean number nearest says says_all costs across up"
    return view("betas", own("betas", "beta", names, markup), value, elem_id=elem_id)
