"""Noise becomes a clip, under a slider of time and one of noise."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.video.requests import NONE
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_choice
from aigc_demo.ui.tabs.video.page import FLOW, GUIDANCE, VDM
from aigc_demo.ui.tabs.video.parts import clip, measured
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

FORMATS = ("gif", "mp4", "webm", "png", "json")
PAPERS = {
    "Ho et al., Video Diffusion Models, 2022": VDM,
    "Tran et al., A Closer Look at Spatiotemporal Convolutions, 2018": "https://arxiv.org/abs/1711.11248",
    "Liu, Gong & Liu, Flow Straight and Fast, 2022": FLOW,
    "Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": GUIDANCE,
}
PRESETS: dict[str, dict[str, Any]] = {
    "video.try_usual": {"steps": 10, "guidance": 7},
    "video.try_alone": {"second": NONE},
    "video.try_one": {"steps": 1},
    "video.try_plain": {"steps": 10, "guidance": 1},
    "video.try_little": {"steps": 10, "guidance": 3},
}

OPENS = 0.3  # of the run that ships: something can be guessed at, and the rest is left to the slider


def build(service: Service) -> UseCaseForm:
    """The tab of a clip out of noise: its controls, the clip and a question."""
    form = UseCaseForm("video_draw", service)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                digit_choice(form, "second", t("video.no_second"))
                form.slider("steps", main=True)
                form.seed()
                form.buttons("video.run_draw")
                with drawer():
                    form.slider("guidance")
                form.presets(PRESETS)
            with result():
                shown = clip("video_draw-view", form.first_value and {**form.first_value, "opens": OPENS})
                measured()
                form.outcome(FORMATS)
        question("video.predict_first", form)
        challenge("video.challenge_flight", form)
        how_it_works(
            r"x_{s'} = x_s + (s' - s)\, v(x_s, s, c), \qquad v \approx \epsilon - x_0, \qquad "
            r"x_s = (1-s)\, x_0 + s\, \epsilon",
            "video.how_draw",
            PAPERS,
            sources("models.video:Block.forward", "models.video:TimeConv.forward", "data.tracks:fit"),
            steps=("noise", "unet", "less_noise", "unet", "clip_of"),
        )
    form.run(shown)
    return form
