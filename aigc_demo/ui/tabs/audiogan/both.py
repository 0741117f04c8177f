"""WaveGAN beside diffusion: the same digit, the time of each, and what the classifier hears."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.audiogan.requests import CHECKPOINT, GAN
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.audiogan.page import digit_choice
from aigc_demo.ui.tabs.parts import table, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.sounds import sound_player
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

HEARD = "figure .lx-small"  # under every sound: what the classifier heard, and how sure it was


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("audiogan_both", service)
    with form.tab():
        question("audiogan.predict_gan", form, "#audiogan_both-told", f":is(#audiogan_both-view {HEARD})")
        with bench():
            with controls():
                digit_choice(form)
                form.slider("sounds", main=True)
                form.seed()
                form.buttons("audiogan.run_both")
                with drawer():
                    form.fields("steps", "guidance")
            with result():
                sounds, words = form.first_shown(compared, 2)
                player = sound_player(sounds, series=True, elem_id="audiogan_both-view")
                with gr.Column(elem_id="audiogan_both-told"):
                    verdict = verdict_line("audiogan_both-verdict", words)
                    measured()
                form.outcome(("wav", "flac", "png", "json"))
        how_it_works(
            r"x = G(z, c) \qquad\text{|}\qquad x_{t-1} = \mathrm{step}\big(x_t, \epsilon_\theta(x_t, t, c)\big), "
            r"\; t = T, \dots, 1",
            "audiogan.how_both",
            {
                "Donahue, McAuley & Puckette, Adversarial Audio Synthesis, 2018": "https://arxiv.org/abs/1802.04208",
                "Salimans et al., Improved Techniques for Training GANs (inception score), 2016": (
                    "https://arxiv.org/abs/1606.03498"
                ),
            },
            sources("services.audiogan.both:both", "evaluation.audiogan:metrics"),
            steps=("noise", "generator", "sound", "classifier"),
        )
    form.run(player, verdict, show=compared)
    return form


def measured() -> None:
    """Three hundred sounds of each, as the catalogue has them."""
    rows = []
    for name, id in (("gan", GAN), ("diffusion", CHECKPOINT)):
        known = catalogue.checkpoint(id).metrics
        shares = (
            f"{100 * known['class_accuracy']:.1f} %",
            f"{known['inception_score']:.2f}",
            f"{known['frechet']:.2f}",
        )
        rows.append([t(f"audiogan.both_{name}"), *shares])
    rows.append([t("audiogan.both_real"), "–", f"{known['inception_of_test']:.2f}", f"{known['frechet_floor']:.2f}"])
    head = [t(f"audiogan.both_{name}") for name in ("measured", "share", "inception", "frechet")]
    table("audiogan_both-measured", {"head": head, "rows": rows, "mark": None})


def compared(value: Json, say: Say) -> Sequence[Any]:
    """All sounds, and the sentence that sums them up."""
    count = value["sounds_each"]
    titles = [say("audiogan.both_gan")] * count + [say("audiogan.both_diffusion")] * count
    facts = [
        f"{say(f'audiogan.both_{name}')}{say('shell.colon')}{value[f'{name}_milliseconds']:.0f} ms"
        f"{say('shell.comma')}{say('audiogan.both_right')} {value[f'{name}_right']} / {count}"
        for name in ("gan", "diffusion")
    ]
    return [{**value, "titles": titles}, {"words": "\n".join(facts), "good": True}]
