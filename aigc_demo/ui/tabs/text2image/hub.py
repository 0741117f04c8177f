"""Any Stable Diffusion model of the hub, drawn with through diffusers; its size is said before it travels."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.text2image.requests import OWN, Hub
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import QUICK
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import mosaic, verdict_line
from aigc_demo.ui.tabs.text2image.page import LATENT
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, 2022": LATENT,
    "Sauer et al., Adversarial Diffusion Distillation (SD-Turbo), 2023": "https://arxiv.org/abs/2311.17042",
}
PHOTOGRAPH = "a red apple on a wooden table"  # which our own has never seen
PRESETS: dict[str, dict[str, Any]] = {
    "text2image.try_hub_own": {
        "name": OWN,
        "steps": 10,
        "guidance": 3,
        "prompt": "two red apples on a blue background",
    },
    "text2image.try_turbo": {"name": "stabilityai/sd-turbo", "steps": 1, "guidance": 0, "prompt": PHOTOGRAPH},
    "text2image.try_stable": {
        "name": "stable-diffusion-v1-5/stable-diffusion-v1-5",
        "steps": 20,
        "guidance": 7.5,
        "prompt": PHOTOGRAPH,
    },
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("text2image_hub", service)
    with form.tab():
        with bench():
            with controls():
                form.text("name")
                look = gr.Button(t("text2image.hub_look"), elem_id="text2image_hub-look", size="sm")
                facts = verdict_line("text2image_hub-facts")
                form.text("prompt", lines=2)
                form.slider("steps", main=True)
                form.seed()
                form.buttons("text2image.run_hub")
                with drawer():
                    form.text("negative")
                    form.slider("guidance")
                form.presets(PRESETS)
            with result():
                picture = mosaic("text2image_hub-view", "text2image.hub_says", form.first_value)
                filtered = verdict_line("text2image_hub-filtered")
                form.outcome(("png", "json"))
        how_it_works(
            r"x_{t - 1} = \mathrm{scheduler}\big(x_t,\; \epsilon_\theta(x_t, t, \varnothing) + "
            r"w\,[\epsilon_\theta(x_t, t, c) - \epsilon_\theta(x_t, t, \varnothing)]\big)",
            "text2image.how_hub",
            PAPERS,
            sources("pipelines.hub_stable:parts_of", "services.text2image.hub:drawn"),
            steps=("hub", "weights", "text_tower", "unet", "decoder", "picture"),
        )
    look.click(form.endpoint(on_look), form.inputs, facts, api_name="text2image_hub_look", **QUICK, **HIDDEN)
    form.run(picture, filtered, show=shown)
    return form


def on_look(request: Hub, lang: str) -> dict[str, Any]:
    """What the model is and how large, before its weights travel."""
    from aigc_demo.services.text2image.hub import describe

    about = describe(request.name)
    checks = tr(lang, "text2image.hub_filter" if about["filtered"] else "text2image.hub_no_filter")
    values = {**about, "filter": checks, "licence": about["licence"] or "-"}
    return {"words": tr(lang, "text2image.hub_facts", **values), "good": True}


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The picture, and a sentence where the model's own safety checker has blacked it out."""
    return [value, {"words": say("text2image.hub_filtered"), "good": False} if value["filtered"] else None]
