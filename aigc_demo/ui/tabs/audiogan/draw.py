"""Noise becomes a spoken digit; every step can be heard."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.audiogan.page import PAPERS, digit_choice
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.sounds import sound_player
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PRESETS: dict[str, dict[str, Any]] = {
    "audiogan.try_few": {"steps": 3, "sampler": "dpmpp"},
    "audiogan.try_unguided": {"steps": 12, "guidance": 0},
    "audiogan.try_much": {"steps": 12, "guidance": 8},
    "audiogan.try_no_rounds": {"rounds": 0},
}

OPENS = 0.4  # of the run that ships: the word is in the guess already, noise is in the sound


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_draw", service)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.slider("steps", main=True)
                form.seed()
                form.buttons("audiogan.run_draw")
                with drawer():
                    form.fields("sampler", "guidance", "rounds")
                form.presets(PRESETS)
            with result():
                first = form.first_value and {**form.first_value, "opens": OPENS}
                shown = sound_player(first, elem_id="audiogan_draw-view")
                form.outcome(("wav", "flac", "png", "json"))
        question("audiogan.predict_phase", form)
        how_it_works(
            r"X \leftarrow M \cdot \frac{\mathrm{STFT}(\mathrm{ISTFT}(X))}{\lvert \mathrm{STFT}(\mathrm{ISTFT}(X)) "
            r"\rvert}, \qquad M = F^{+} \cdot 10^{\,\text{dB}/20}",
            "audiogan.how_draw",
            PAPERS,
            sources("data.spectrogram:picture", "data.spectrogram:wave", "models.code_diffusion:CodeDiffusion.forward"),
            steps=("noise", "unet", "code", "spectrogram", "sound"),
        )
    form.run(shown)
    return form
