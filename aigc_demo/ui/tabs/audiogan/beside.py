"""Our code, and plain PyTorch with diffusers' schedulers: same weights, same noise."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.audiogan.page import digit_choice
from aigc_demo.ui.tabs.parts import gap, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.sounds import sound_player
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_beside", service)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.slider("steps", main=True)
                form.seed()
                form.buttons("audiogan.run_beside")
                with drawer():
                    form.fields("sampler", "guidance")
            with result():
                sounds, words = form.first_shown(compared, 2)
                views = [
                    sound_player(sounds, series=True, elem_id="audiogan_beside-view"),
                    verdict_line("audiogan_beside-verdict", words),
                ]
                form.outcome(("wav", "flac", "png", "json"))
        question("audiogan.predict_beside", form, "#audiogan_beside-verdict")
        how_it_works(
            r"\max_i \left| x^{\text{ours}}_i - x^{\text{theirs}}_i \right|",
            "audiogan.how_beside",
            {"diffusers, Schedulers": "https://huggingface.co/docs/diffusers/api/schedulers/overview"},
            sources("services.audiogan.beside:beside", "pipelines.plain_codes:PlainCodes.__call__"),
            steps=("noise", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """Both sounds with their times, and the sentence that sums them up."""
    times = [f"{value[f'{side}_milliseconds']:.1f} ms" for side in ("our", "their")]
    gaps = [
        f"{say('audiogan.beside_pictures')} {gap(value['maximum'])}",
        f"{say('audiogan.beside_sounds')} {gap(value['samples'])}",
        say("audiogan.beside_times"),
    ]
    titles = [say("shell.beside_ours"), say("audiogan.beside_theirs")]
    return [{**value, "titles": titles, "notes": times}, {"words": "\n".join(gaps), "good": True}]
