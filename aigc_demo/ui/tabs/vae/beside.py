"""Our KL autoencoder beside that of diffusers: same weights, same picture."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.services.vae.requests import EMOJI, TOLERANCE
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import every_layer, layer_bars
from aigc_demo.ui.tabs.vae.page import own
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import PANES, SENTENCE
from aigc_demo.ui.widgets import bench, controls, how_it_works, raw, result, view

EMOJI_SHEET = "emoji-samples.png"  # 64 x 64 each, 8 in a row


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.add("sample", emoji_picker("vae_beside-sample"))
                form.add("picture", photo("vae_beside-picture"))
                form.buttons("vae.run_beside")
            with result():
                pictures, rows = form.first_shown(compared, 2)
                views = [colours("vae_beside-view", pictures), layer_bars("vae_beside-layers", rows)]
                form.outcome(("png", "json"), line=False)
        question("vae.predict_beside", form, "#vae_beside-view :is(.lx-verdict, .lx-panes:not(.lx-maps))")
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x) - f^{\text{diffusers}}_i(x) \right| \le 10^{-4}",
            "vae.how_beside",
            {
                "Rombach et al., Latent Diffusion Models, 2021": "https://arxiv.org/abs/2112.10752",
                "diffusers, AutoencoderKL": "https://huggingface.co/docs/diffusers/api/models/autoencoderkl",
            },
            sources("pipelines.parity:compare"),
            steps=("picture", "ours", "=", "library"),
        )
    form.latest_wins("sample", "picture", "")
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    return [value, every_layer(say, value)]


def colours(elem_id: str, value: Json | None) -> gr.HTML:
    """A colour picture through our code and the library's, and the four maps that stand for it."""
    maps = f'<p class="lx-small">{t("vae.beside_maps")}</p><div class="lx-panes lx-maps"></div>'
    names = "picture ours theirs gap most map same first pytorch onnx missing"
    markup = f"{PANES}{maps}{SENTENCE}"
    box = own("colours", "beside", names, markup, "vae.beside_empty")
    box = box.replace("data-words", f'data-tolerance="{TOLERANCE:g}" data-words', 1)
    return view("colours", box, value, elem_id=elem_id)


def emoji_picker(elem_id: str) -> gr.HTML:
    """Colour pictures to choose from; its value is the number of the picture."""
    try:
        sheet = first_results.address(EMOJI_SHEET)
    except OSError:  # not on this machine
        sheet = ""
    places = [(100 * (place % 8) / 7, 100 * (place // 8) / (EMOJI // 8 - 1)) for place in range(EMOJI)]
    buttons = "".join(
        f'<button type="button" aria-pressed="false" aria-label="{place + 1}" '
        f'style="background-position:{x:.2f}% {y:.0f}%"></button>'
        for place, (x, y) in enumerate(places)
    )
    template = (
        f'<div class="lx-emoji" role="group" aria-label="{t("vae.beside_sample")}" '
        f'style="--sheet:url({sheet})"><p class="lx-small">{t("vae.beside_sample")}</p>'
        f"<div>{buttons}</div></div>"
    )
    return raw(view("emoji", template, 0, elem_id=elem_id))


def photo(elem_id: str) -> gr.HTML:
    """A picture of one's own; its value is a data URL, or empty."""
    template = (
        f'<div class="lx-photo"><p class="lx-small">{t("vae.beside_own")}</p>'
        f'<img alt="{t("vae.beside_own")}" hidden><div class="lx-line">'
        f'<button type="button" class="lx-upload">{t("shell.upload")}</button>'
        f'<button type="button" class="lx-clear" hidden>{t("shell.clear")}</button></div>'
        '<input type="file" accept="image/*" hidden></div>'
    )
    return raw(view("photo", template, "", elem_id=elem_id))
