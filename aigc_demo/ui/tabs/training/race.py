"""A race of models on points of the plane: lanes side by side, and their distance from the points over time."""

from typing import Any

import gradio as gr

from aigc_demo.services.files import ANIMATION
from aigc_demo.services.service import Service
from aigc_demo.services.training.requests import LANES
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.plane import pad
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, scrubber, view


def preset(data: str, *lanes: str) -> dict[str, Any]:
    """These points, and these lanes alone."""
    return {"data": data, **{lane: lane in lanes for lane in LANES}}


PRESETS = {
    "training.try_clouds": preset("grid", "gan", "vae", "diffusion", "flow"),
    "training.try_spiral": preset("spiral", "gan", "vae", "diffusion", "flow"),
    "training.try_critics": preset("grid", "gan", "wgan_gp"),
    "training.try_noise": preset("ring", "diffusion", "flow"),
}
PAPERS = {
    "Goodfellow et al., Generative Adversarial Nets, 2014": "https://arxiv.org/abs/1406.2661",
    "Gulrajani et al., Improved Training of Wasserstein GANs, 2017": "https://arxiv.org/abs/1704.00028",
    "Kingma & Welling, Auto-Encoding Variational Bayes, 2013": "https://arxiv.org/abs/1312.6114",
    "Ho et al., Denoising Diffusion Probabilistic Models, 2020": "https://arxiv.org/abs/2006.11239",
    "Lipman et al., Flow Matching for Generative Modeling, 2022": "https://arxiv.org/abs/2210.02747",
}
FORMULA = r"""\begin{aligned}
\text{GAN: } & L_f = -\mathbb E \log \sigma(f(x)) - \mathbb E \log (1 - \sigma(f(G(z)))), &
& L_G = -\mathbb E \log \sigma(f(G(z))) \\
\text{VAE: } & L = \mathbb E_q \tfrac{1}{2 \sigma^2} \lVert x - D(z) \rVert^2
+ \mathrm{KL}(q(z \mid x) \,\Vert\, N(0, 1)) \\
\text{Diffusion: } & L = \mathbb E \lVert \epsilon_\theta(\alpha_t x + \sigma_t \epsilon, t) - \epsilon \rVert^2 \\
\text{Flow: } & L = \mathbb E \lVert v_\theta((1 - t) \epsilon + t x, t) - (x - \epsilon) \rVert^2
\end{aligned}"""
SPOKEN = ("across", "distance", "spent", "far", "hit", "updates")


def build(service: Service) -> UseCaseForm:
    """The tab of the race: its result streams while models learn."""
    form = UseCaseForm("training_race", service)
    with form.tab():
        with bench():
            with controls():
                form.choice("data", radio=True)
                form.add("drawing", pad("training_race-drawing"))
                gr.HTML(f'<p class="lx-small">{t("training.lanes_help")}</p>', elem_classes="lx-under")
                for lane in LANES:
                    form.check(lane)
                form.slider("seconds", main=True)
                form.buttons("training.run_race")
                with drawer():
                    form.seed()
                form.presets(PRESETS)
            with result():
                shown = track("training_race-view", form.first_value)
                form.outcome(ANIMATION, library="training.plain_torch")
        question("training.predict_updates", form)
        how_it_works(
            FORMULA,
            "training.how_race",
            PAPERS,
            sources(
                "services.training.race:Runner.train",
                "models.point_vae:PointVAE.loss",
                "models.point_denoiser:PointDenoiser.loss",
                "models.point_denoiser:PointDenoiser.sample",
            ),
            steps=("noise", "five_kinds", "points", "gap"),
        )
    form.run(shown)
    return form


def track(elem_id: str, value: Any) -> gr.HTML:
    """The lanes, a scrubber, and the chart of their distances; see race.js."""
    spoken = {name: f"training.{name}" for name in (*LANES, *SPOKEN)}
    template = (
        f'<div class="lx-track lx-view" data-words="{words(**spoken)}"><div class="lx-lanes"></div>{scrubber()}'
        f'<p class="lx-small">{t("training.fields")}</p>{plot("training.chart", t("training.dashed"))}</div>'
    )
    return view("arena", template, value, elem_id=elem_id)
