"""The time machine: the same seeds at every snapshot, beside the loss curve. All of it ships with the page."""

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.diffusion.requests import CHECKPOINT
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.time_machine import Behind, time_machine
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import scrubber, view


def build(service: Service) -> None:
    """The same seeds at every snapshot, beside the loss curve."""
    time_machine(
        "diffusion_draw",
        service,
        machine,
        course(),
        Behind(
            r"\mathcal L = \mathbb E\,\big\| v_\theta(x_t, t, c) - \big(\sqrt{\bar\alpha_t}\,\epsilon - "
            r"\sqrt{1-\bar\alpha_t}\,x_0\big) \big\|^2",
            {
                "Salimans & Ho, Progressive Distillation (v-prediction), 2022": "https://arxiv.org/abs/2202.00512",
                "Esser et al., Scaling Rectified Flow Transformers, 2024": "https://arxiv.org/abs/2403.03206",
            },
            sources("training.diffusion:denoising_loss", "training.diffusion:draw_timesteps"),
            ("picture", "add_noise", "unet", "guess", "loss"),
        ),
        covers=".lx-curves",
    )


def course() -> Json | None:
    """The losses and snapshots that `python -m aigc_demo.training.time_machine` wrote; None without them."""
    told = first_results.read(f"{CHECKPOINT}-training")
    return told and {**told, "sheet": first_results.address(f"{CHECKPOINT}-snapshots.png")}


def machine(elem_id: str, value: Json | None) -> gr.HTML:
    """Snapshots of the training under one slider, beside the loss curve; the value ships with the page."""
    names = {
        "pictures": "diffusion.training_pictures",
        "minutes": "diffusion.training_minutes",
        "right": "diffusion.training_right",
        "loss": "diffusion.training_loss",
        "guess": "diffusion.training_guess",
    }
    template = (
        f'<div class="lx-machine" data-words="{words(**names)}"><figure><canvas role="img" '
        f'aria-label="{t("diffusion.training_canvas")}"></canvas></figure><div class="lx-curves">'
        f'{plot("diffusion.training_plot")}<p class="lx-facts-line"></p></div>{scrubber()}</div>'
    )
    return view("machine", template, value, elem_id=elem_id)
