"""All ten digits from one noise, each a key that is pressed to hear it."""

from collections.abc import Sequence

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.sounds import sound_player
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_pad", service)
    with form.tab():
        with bench():
            with controls():
                form.seed()
                form.buttons("audiogan.run_pad")
                with drawer():
                    form.fields("steps", "guidance")
            with result():
                shown = sound_player(*form.first_shown(told, 1), series=True, elem_id="audiogan_pad-view")
                form.outcome(("wav", "flac", "png", "json"))
        question("audiogan.predict_guidance", form)
        challenge("audiogan.challenge_understood", form)
        how_it_works(
            r"\hat\epsilon = \epsilon_\theta(x_t, t, \varnothing) + w\,\big[\epsilon_\theta(x_t, t, c) - "
            r"\epsilon_\theta(x_t, t, \varnothing)\big], \qquad c = 0, \dots, 9",
            "audiogan.how_pad",
            {"Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": "https://arxiv.org/abs/2207.12598"},
            sources("sampling.predict:Denoiser.__call__"),
            steps=("ten_seeds", "unet", "spectrogram", "sound"),
        )
    form.run(shown, show=told)
    return form


def told(value: Json, say: Say) -> Sequence[Json]:
    """Under every sound the digit that was asked for, and what the classifier hears."""
    titles = [f"{say('audiogan.pad_asked')} {digit}" for digit in value["titles"]]
    return [{**value, "titles": titles, "notes": [f"{say('audiogan.pad_heard')} {note}" for note in value["notes"]]}]
