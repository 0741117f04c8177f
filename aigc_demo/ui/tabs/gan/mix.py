"""Arithmetic: a - b + c with the noise of three pictures."""

from typing import Any

import gradio as gr

from aigc_demo.core.params import build as request_of
from aigc_demo.services.gan.requests import POOL, Draw
from aigc_demo.services.service import Service
from aigc_demo.ui.events import QUICK, guarded
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.page import DCGAN
from aigc_demo.ui.tabs.gan.parts import box, digit_choice, model_choice
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.use_case_form import HIDDEN, UseCaseForm, hosted, inlined
from aigc_demo.ui.views.chart import SENTENCE
from aigc_demo.ui.views.own import own_model
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

PLACES = ("seed_a", "seed_b", "seed_c")


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_mix", service)
    first = form.first_value
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                own_model(form, "model")
                offered = pool("gan_mix-pool", first and first["pool"])
                with gr.Row(elem_classes="lx-terms", equal_height=False):
                    for place in PLACES:
                        form.number(place)
                form.slider("strength", main=True)
                with drawer():
                    digit_choice(form)
            with result():
                shown = equation("gan_mix-view", first and {name: first[name] for name in first if name != "pool"})
                form.outcome(("png", "gif", "mp4", "json"), library="gan.plain_torch", line=False)
        question("gan.predict_mix", form)
        how_it_works(
            r"z = c + s\,(a - b), \qquad z_{\text{mended}} = \frac{\lVert c \rVert}{\lVert z \rVert}\, z",
            "gan.how_mix",
            {"Radford, Metz & Chintala, Unsupervised Representation Learning with DCGANs, 2015": DCGAN},
            sources("services.gan.mix:mix"),
            steps=("code", "plus", "code", "generator", "picture"),
        )
    form.watch(shown)
    offer(form, offered)
    return form


def offer(form: UseCaseForm, offered: gr.HTML) -> None:
    """The small grid shows pictures of the chosen model; a click there puts a seed in its place."""

    @guarded
    def on_offer(model: Any, digit: Any, checkpoint: Any) -> Any:
        asked = {"model": model, "digit": digit, "checkpoint": checkpoint, "seed": POOL.seed, "count": POOL.count}
        request = request_of(Draw, asked)
        *_, step = form.service.stream("gan_draw", request)
        return hosted(step.value, inlined)

    asked = [form.components[name] for name in ("model", "digit", "checkpoint")]
    quiet: dict[str, Any] = {**QUICK, **HIDDEN, "trigger_mode": "always_last"}
    gr.on([part.change for part in asked], on_offer, asked, offered, api_name="gan_mix_offer", **quiet)
    seeds = [form.components[place] for place in PLACES]
    offered.picked(None, seeds, seeds, js="(...seeds) => luoxia.placed(...seeds)", show_progress="hidden")


def equation(elem_id: str, value: Any) -> gr.HTML:
    """a - b + c as pictures, the sum mended and as it is, and the way to it."""
    names = ("gan.mix_a", "gan.mix_b", "gan.mix_c", "gan.mix_mended", "gan.mix_raw")
    figures = [
        f'<figure data-place="{place}"><canvas role="img" aria-label="{t(name)}"></canvas>'
        f"<figcaption>{t(name)}<small></small></figcaption></figure>"
        for place, name in enumerate(names)
    ]
    signs = ("", "<b>−</b>", "<b>+</b>", "<b>=</b>", "")
    sums = "".join(sign + figure for sign, figure in zip(signs, figures, strict=True))
    strip = f'<div class="lx-strips"><span class="lx-way">{t("gan.mix_way")}</span></div>'
    spoken = {name: f"gan.mix_{name}" for name in ("length", "says_odd", "says_usual")} | {"seed": "gan.seed_of"}
    markup = f'<div class="lx-equation">{sums}</div>{strip}{SENTENCE}'
    return view("sum", box("sum", spoken, markup), value, elem_id=elem_id)


def pool(elem_id: str, value: Any) -> gr.HTML:
    """A small grid to choose a, b and c from."""
    slots = "".join(
        f'<button type="button" aria-pressed="{str(name == "a").lower()}">{name}</button>' for name in "abc"
    )
    template = (
        f'<div class="lx-pool" data-words="{words(seed="gan.seed_of")}"><p class="lx-small">{t("gan.pool")}</p>'
        f'<div class="lx-slots" role="group" aria-label="{t("gan.pool_slots")}">{slots}</div>'
        f'<div class="lx-cells" role="group" aria-label="{t("gan.grid")}"></div></div>'
    )
    return view("pool", template, value, event="picked", elem_id=elem_id)
