"""A clip goes on from its first frames, live under every slider."""

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.service import Service
from aigc_demo.services.video.requests import CHECKPOINT, FORECASTER
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_picker, pick_instead, sketch
from aigc_demo.ui.tabs.video.draw import FORMATS
from aigc_demo.ui.tabs.video.parts import clip
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Shi et al., Convolutional LSTM Network, 2015": "https://arxiv.org/abs/1506.04214",
    "Finn, Goodfellow & Levine, Unsupervised Learning for Physical Interaction, 2016": (
        "https://arxiv.org/abs/1605.07157"
    ),
    "Srivastava, Mansimov & Salakhutdinov, Unsupervised Learning of Video Representations, 2015": (
        "https://arxiv.org/abs/1502.04681"
    ),
}


def build(service: Service) -> UseCaseForm:
    """The tab of a clip that goes on: a digit or a drawing, how it flies, three clips and their errors."""
    form = UseCaseForm("video_forecast", service)
    with form.tab():
        with bench():
            with controls():
                form.add("sample", digit_picker("video_forecast-sample", form.defaults["sample"]))
                form.slider("direction", main=True)
                form.slider("speed", main=True)
                form.slider("given", main=True)
                with drawer("shell.draw_own"):
                    form.add("drawing", sketch("video_forecast-drawing"))
                with drawer():
                    form.fields("start_x", "start_y", "ahead")
            with result():
                errors = plot("video.errors", legend(water="video.still", glow="video.said"))
                shown = clip("video_forecast-view", form.first_value, kind="none", film="said", more=errors)
                compared()
                form.outcome(FORMATS, line=False, library="video.plain_torch")
        question("video.predict_forecast", form)
        how_it_works(
            r"c_t = f_t \odot c_{t-1} + i_t \odot \tanh(W_g * [x_t, h_{t-1}]), \qquad h_t = o_t \odot \tanh(c_t), "
            r"\qquad \hat x_{t+1} = \sigma\big(\sigma^{-1}(k(h_t) * x_t) + \Delta(h_t)\big)",
            "video.how_forecast",
            PAPERS,
            sources("models.convlstm:Cell.forward", "models.convlstm:ConvLSTM.step", "data.tracks:bounces"),
            steps=("pictures", "gates", "state", "clip_of"),
        )
    pick_instead(form)
    form.watch(shown)
    return form


def compared() -> None:
    """How far the continued frames are from the true flight, beside others, as the catalogue has it."""
    known, other = (catalogue.checkpoint(id).metrics for id in (FORECASTER, CHECKPOINT))
    rows = (
        ("video.said", known["continued"]),
        ("video.still", known["continued_still"]),
        ("video.straight_on", known["continued_straight"]),
        ("video.diffusion", other["continued"]),
    )
    told = " · ".join(f"{t(key)} <b>{pixels:.1f}</b>" for key, pixels in rows)
    bounces = f"{t('video.measured_bounces')} <b>{100 * known['bounces_obeyed']:.0f} %</b>"
    gr.HTML(f'<p class="lx-note">{t("video.measured_off")} {told} · {bounces}</p>')
