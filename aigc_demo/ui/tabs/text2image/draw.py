"""A sentence becomes pictures, step by step; the detector says what is there."""

from typing import Any

import gradio as gr

from aigc_demo.checkpoints.catalogue import checkpoint
from aigc_demo.services.service import Service
from aigc_demo.services.text2image.requests import CHECKPOINT
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs import scene_parts
from aigc_demo.ui.tabs.text2image.page import FLOW, GUIDANCE, LATENT, scope, shown, verdicts
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, 2022": LATENT,
    "Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": GUIDANCE,
    "Liu et al., Flow Straight and Fast, 2022": FLOW,
}
PRESETS: dict[str, dict[str, Any]] = {
    "text2image.try_chinese": {"prompt": "蓝色背景上的两个苹果", "negative": ""},
    "text2image.try_relation": {"prompt": "a cat above a house, yellow background", "negative": ""},
    "text2image.try_heldout": {"prompt": "a watermelon on a blue background", "negative": ""},
    "text2image.try_few": {"steps": 2},
}
PERCENT = {"all_right": "text2image.measured", "all_right_heldout": "text2image.measured_heldout"}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_draw", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=2, main=True)
                scene_parts.marks(form)
                scene_parts.builder(form)
                form.choice("count", radio=True)
                form.seed()
                form.buttons("text2image.run_draw")
                with drawer():
                    form.text("negative")
                    form.fields("steps", "guidance", "sampler", "size")
                form.presets(PRESETS)
            with result():
                run, table = form.first_shown(shown, 2)
                views = [scope(form, run), verdicts(form, table)]
                gr.HTML(shares())
                form.outcome(("png", "gif", "mp4", "json"))
        question("text2image.predict_heldout", form)
        challenge("text2image.challenge_four", form)
        how_it_works(
            r"v = v_\theta(x_s, s, \varnothing) + w\,\big[v_\theta(x_s, s, c) - v_\theta(x_s, s, \varnothing)\big], "
            r"\qquad x_{s - \Delta} = x_s - \Delta\, v",
            "text2image.how_draw",
            PAPERS,
            sources("sampling.guidance:TextDenoiser.__call__", "models.text2image:SpatialTransformer.forward"),
            steps=("sentence", "text_tower", "unet", "code", "decoder", "picture"),
        )
    form.run(*views, show=shown)
    return form


def shares() -> str:
    """How often everything is right, as measured with the shipped weights."""
    metrics = checkpoint(CHECKPOINT).metrics
    parts = [f"{t(key)} <b>{100 * metrics[name]:.0f} %</b>" for name, key in PERCENT.items() if name in metrics]
    return f'<p class="lx-small">{" · ".join(parts)}</p>'
