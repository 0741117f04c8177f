"""The first frames of a flight are given; the network makes the rest, beside the flight that was true."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_picker, pick_instead, sketch
from aigc_demo.ui.tabs.video.draw import FORMATS
from aigc_demo.ui.tabs.video.page import VDM
from aigc_demo.ui.tabs.video.parts import clip
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Ho et al., Video Diffusion Models, 2022": VDM,
    "Chen et al., Diffusion Forcing, 2024": "https://arxiv.org/abs/2407.01392",
    "Srivastava et al., Unsupervised Learning of Video Representations using LSTMs, 2015": (
        "https://arxiv.org/abs/1502.04681"
    ),
}


def build(service: Service) -> UseCaseForm:
    """The tab of a flight that goes on: the digit that flies, how much of it is given, and the clip."""
    form = UseCaseForm("video_extend", service)
    with form.tab():
        with bench():
            with controls():
                form.add("drawing", sketch("video_extend-drawing"))
                form.add("sample", digit_picker("video_extend-sample", form.defaults["sample"]))
                form.slider("given", main=True)
                form.seed()
                form.buttons("video.run_extend")
                with drawer():
                    form.slider("steps")
            with result():
                shown = clip("video_extend-view", form.first_value)
                form.outcome(FORMATS)
        question("video.predict_given", form)
        how_it_works(
            r"s_i = \begin{cases} 0 & i \le k \\ s & i > k \end{cases}, \qquad x_{s_i} = (1-s_i)\, x_0 + s_i\, \epsilon",
            "video.how_extend",
            PAPERS,
            sources("services.video.clips:Begun.__call__", "data.moving_digits:fly"),
        )
    pick_instead(form)
    form.run(shown)
    return form
