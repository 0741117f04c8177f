"""What a critic says of made and of real pictures, and what it would change."""

from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.page import GAN
from aigc_demo.ui.tabs.gan.parts import box, model_choice
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import SENTENCE, legend, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

PRESETS = {
    "gan.try_first": {"model": "mlp"},
    "gan.try_modern": {"model": "r3"},
    "gan.try_asked_all": {"model": "conditional"},
    "gan.try_collapsed": {"model": "collapsed"},
    "gan.try_colour": {"model": "colour"},
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_critic", service)
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                form.seed()
                with drawer():
                    form.slider("count")
                form.presets(PRESETS)
            with result():
                shown = trial("gan_critic-view", form.first_value)
                form.outcome(("png", "json"), line=False)
        question("gan.predict_critic", form)
        how_it_works(
            r"f(x) \in \mathbb R, \qquad \text{wish}(x) = \frac{\nabla_x f(x)}{\max_{ij} \lvert \nabla_x f(x) \rvert}",
            "gan.how_critic",
            {
                "Goodfellow et al., Generative Adversarial Nets, 2014": GAN,
                "Simonyan et al., Deep Inside Convolutional Networks (maps of slopes), 2013": (
                    "https://arxiv.org/abs/1312.6034"
                ),
            },
            sources("models.gan:Critic.forward", "services.gan.critic:wished"),
            steps=("picture", "critic", "score"),
        )
    form.watch(shown)
    return form


def trial(elem_id: str, value: Any) -> gr.HTML:
    """Scores of made and real pictures: two heaps on one axis, every picture in order, and one of them close by."""
    hues = legend(glow="gan.critic_heap_made", water="gan.critic_heap_real")
    chart = plot("gan.critic_plot", hues).replace("lx-chart", "lx-chart lx-heaps", 1)
    close = "".join(
        f'<figure><canvas role="img" aria-label="{t(f"gan.critic_{name}")}"></canvas>'
        f"<figcaption>{t(f'gan.critic_{name}')}</figcaption></figure>"
        for name in ("picked", "wish")
    )
    dock = (
        f'<div class="lx-dock"><div class="lx-glass">{close}</div><output></output><p class="lx-small lx-key-line"></p>'
        f'<p class="lx-small">{t("gan.critic_pick")}</p></div>'
    )
    sides = "".join(
        f'<section data-side="{side}"><h3>{t(f"gan.critic_{side}")}</h3><div class="lx-cells" role="group" '
        f'aria-label="{t(f"gan.critic_{side}")}"></div></section>'
        for side in ("made", "real")
    )
    names = ("says", "across", "up", "middle", "place", "more", "less", "lighter", "darker", "test", "trained")
    spoken = {name: f"gan.critic_{name}" for name in names} | {"seed": "gan.seed_of", "digit": "gan.digit_of"}
    spoken |= {f"scale_{kind}": f"gan.critic_scale_{kind}" for kind in ("logistic", "wasserstein", "relativistic")}
    scale = '<p class="lx-small lx-unit"></p>'
    markup = f'<div class="lx-court">{chart}{dock}</div>{SENTENCE}{scale}<div class="lx-benches">{sides}</div>'
    return view("trial", box("trial", spoken, markup), value, elem_id=elem_id)
