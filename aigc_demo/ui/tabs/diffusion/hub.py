"""Any DDPM or DDIM model of the hub, in our own network."""

from typing import Any

import gradio as gr

from aigc_demo.services.diffusion.requests import OWN, Hub
from aigc_demo.services.service import Service
from aigc_demo.ui.events import QUICK
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.diffusion.page import DDPM
from aigc_demo.ui.tabs.parts import verdict_line
from aigc_demo.ui.use_case_form import HIDDEN, UseCaseForm
from aigc_demo.ui.views.microscope import microscope
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PRESETS: dict[str, dict[str, Any]] = {
    "diffusion.try_hub_own": {"name": OWN, "steps": 20},
    "diffusion.try_hub_cifar": {"name": "google/ddpm-cifar10-32", "steps": 50},
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_hub", service)
    with form.tab():
        with bench():
            with controls():
                form.text("name")
                look = gr.Button(t("diffusion.hub_look"), elem_id="diffusion_hub-look", size="sm")
                facts = verdict_line("diffusion_hub-facts")
                form.slider("steps", main=True)
                form.seed()
                form.buttons("diffusion.run_hub")
                with drawer():
                    form.fields("sampler", "timesteps")
                form.presets(PRESETS)
            with result():
                scope = microscope(form.first_value, colour=True, elem_id="diffusion_hub-scope")
                gr.HTML(f'<p class="lx-note">{t("diffusion.hub_note")}</p>')
                form.outcome()
        how_it_works(
            r"\hat\epsilon = f_\theta(x_t, t)",
            "diffusion.how_hub",
            {"Ho, Jain & Abbeel, 2020: the CIFAR-10 model of the paper": DDPM},
            sources("pipelines.pairs.unet:from_library"),
            steps=("hub", "weights", "unet", "picture"),
        )
    look.click(form.endpoint(on_look), form.inputs, facts, api_name="diffusion_hub_look", **QUICK, **HIDDEN)
    form.run(scope)
    return form


def on_look(request: Hub, lang: str) -> dict[str, Any]:
    """What the model is and how large, before its weights travel."""
    from aigc_demo.services.diffusion.hub import describe

    about = describe(request.name)
    values = {**about, "picture": " × ".join(map(str, about["picture"])), "licence": about["licence"] or "-"}
    return {"words": tr(lang, "diffusion.hub_facts", **values), "good": True}
