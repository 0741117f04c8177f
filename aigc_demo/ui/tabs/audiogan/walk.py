"""From the noise of one seed to that of another, heard as a series."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.audiogan.page import path_controls
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.sounds import sound_player
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_walk", service)
    with form.tab():
        with bench():
            with controls():
                path_controls(form, "audiogan.run_walk")
                with drawer():
                    form.fields("steps", "guidance")
            with result():
                shown = sound_player(form.first_value, series=True, elem_id="audiogan_walk-view")
                form.outcome(("wav", "flac", "png", "json"))
        question("audiogan.predict_step", form)
        how_it_works(
            r"\mathrm{slerp}(a, b, s) = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + \frac{\sin(s\theta)}{\sin\theta}\,b",
            "audiogan.how_walk",
            {"Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242"},
            sources("sampling.latent:slerp"),
            steps=("noise", "between", "noise", "unet", "sound"),
        )
    form.run(shown)
    return form
