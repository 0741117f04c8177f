"""DALL-E beside diffusion: pictures of one sentence by both, the time of each, and what is wrong in them."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.checkpoints import catalogue
from aigc_demo.services.dalle.requests import CHECKPOINT
from aigc_demo.services.service import Service
from aigc_demo.services.text2image.requests import CHECKPOINT as DIFFUSION
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.dalle.page import DALLE
from aigc_demo.ui.tabs.parts import mosaic, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

USE_CASE = "dalle_both"


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm(USE_CASE, service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=2, main=True)
                scene_parts.marks(form)
                form.slider("count", main=True)
                form.seed()
                form.buttons("dalle.run_both")
                with drawer():
                    form.fields("steps", "guidance", "temperature", "top_p")
            with result():
                pictures, words = form.first_shown(compared, 2)
                views = [
                    mosaic(f"{USE_CASE}-view", "dalle.both_says", pictures),
                    verdict_line(f"{USE_CASE}-verdict", words),
                ]
                measured()
                form.outcome(("png", "json"))
        question("dalle.predict_both", form)
        how_it_works(
            r"x_i \sim p(x_i \mid \text{text}, x_1, \dots, x_{i-1}), \; i = 1, \dots, 64 "
            r"\qquad\text{|}\qquad z_{k+1} = z_k + h\, v_\theta(z_k, s_k, \text{text}), \; k = 1, \dots, n",
            "dalle.how_both",
            DALLE
            | {
                "Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, 2022": (
                    "https://arxiv.org/abs/2112.10752"
                )
            },
            sources("services.dalle.both:by_dalle", "services.dalle.both:by_diffusion"),
            steps=("sentence", "transformer", "tokens", "picture"),
        )
    form.run(*views, show=compared)
    return form


def measured() -> None:
    """How often each is all right, as the catalogue has it."""
    parts = []
    for name, id in (("dalle", CHECKPOINT), ("diffusion", DIFFUSION)):
        known = catalogue.checkpoint(id).metrics
        shares = [f"{100 * known[metric]:.0f} %" for metric in ("all_right", "all_right_heldout") if metric in known]
        parts.append(f"{t(f'dalle.both_{name}')}{t('shell.colon')}<b>{t('shell.comma').join(shares)}</b>")
    gr.HTML(f'<p class="lx-note">{t("dalle.both_measured")}<br>{"<br>".join(parts)}</p>')


def compared(value: Json, say: Say) -> Sequence[Any]:
    """A row of pictures by each with what is wrong in it, and the sentence that sums them up."""
    count = value["pictures_each"]
    rows = [say("dalle.both_dalle"), say("dalle.both_diffusion")]
    facts = [
        f"{row}{say('shell.colon')}{say('dalle.both_right')} {value[f'{name}_right']} / {count}"
        f"{say('shell.comma')}{value[f'{name}_milliseconds']:.0f} ms"
        for row, name in zip(rows, ("dalle", "diffusion"), strict=True)
    ]
    notes = [judged(found, say) for found in value["verdicts"]]
    return [{**value, "rows": rows, "notes": notes}, {"words": "\n".join(facts), "good": True}]


def judged(found: dict[str, bool], say: Say) -> str:
    """ "✓", or what is wrong in a picture."""
    wrong = [say(f"dalle.claim_{name}") for name, right in found.items() if name != "all" and not right]
    return "✗ " + " · ".join(wrong) if wrong else "✓" if found else ""
