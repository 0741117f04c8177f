"""From the noise of one clip to that of another, stop by stop."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_choice
from aigc_demo.ui.tabs.video.draw import FORMATS
from aigc_demo.ui.tabs.video.parts import clip
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    """The tab of the way between two clips."""
    form = UseCaseForm("video_walk", service)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.slider("stops", main=True)
                form.number("seed_from")
                form.number("seed_to")
                form.buttons("video.run_walk")
                with drawer():
                    form.fields("steps", "guidance")
            with result():
                shown = clip("video_walk-view", form.first_value, kind="stop", film="picture")
                form.outcome(FORMATS)
        question("video.predict_walk", form)
        how_it_works(
            r"\mathrm{slerp}(a, b, s) = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + \frac{\sin(s\theta)}{\sin\theta}\,b, "
            r"\qquad \cos\theta = \frac{a \cdot b}{|a|\,|b|}",
            "video.how_walk",
            {"Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242"},
            sources("sampling.latent:slerp"),
            steps=("noise", "between", "noise", "unet", "clip_of"),
        )
    form.run(shown)
    return form
