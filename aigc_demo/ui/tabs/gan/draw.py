"""A grid of pictures out of noise, to pick the ends of a walk and the parts of a sum from."""

from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.page import PAPERS
from aigc_demo.ui.tabs.gan.parts import box, digit_choice, model_choice
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.own import own_model
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

PRESETS: dict[str, dict[str, Any]] = {
    "gan.try_first": {"model": "mlp", "limit": 4},
    "gan.try_modern": {"model": "r3", "limit": 4},
    "gan.try_collapsed": {"model": "collapsed", "limit": 4},
    "gan.try_narrow": {"model": "conditional", "limit": 0.5, "digit": 7},
    "gan.try_asked": {"model": "conditional", "limit": 4, "digit": 7},
    "gan.try_colour": {"model": "colour", "limit": 4},
}
SLOTS = ("gan.slot_a", "gan.slot_b", "gan.slot_c")
STEPS = {"gan_walk": (2, "gan.go_walk"), "gan_mix": (3, "gan.go_mix")}  # tab -> pictures that it needs, and its words


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_draw", service)
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                own_model(form, "model")
                form.slider("limit", main=True)
                digit_choice(form)
                form.seed()
                with drawer():
                    form.slider("count")
                form.presets(PRESETS)
            with result():
                shown = gallery("gan_draw-view", form.first_value)
                form.outcome(("png", "json"), library="gan.plain_torch", line=False)
        question("gan.predict_limit", form)
        question("gan.predict_blank", form)
        question("gan.predict_collapse", form)
        how_it_works(
            r"z \sim \mathcal N(0, I_{100}), \qquad x = G(z), \qquad z_i' = \Phi^{-1}\big(1 - \Phi(t) + "
            r"\Phi(z_i)\,(2\,\Phi(t) - 1)\big) \in [-t, t]",
            "gan.how_draw",
            PAPERS,
            sources("models.gan:growing", "models.gan:Critic.forward", "services.gan.drawing:limited"),
            steps=("noise", "generator", "picture", "critic", "score"),
        )
    form.watch(shown)
    return form


def gallery(elem_id: str, value: Any) -> gr.HTML:
    """A grid of pictures, and beside it those that were picked with what can be done with them."""
    slots = "".join(
        f'<figure class="lx-slot"><canvas width="28" height="28"></canvas>'
        f"<figcaption>{t(name)}</figcaption><output>{t('gan.slot_empty')}</output></figure>"
        for name in SLOTS
    )
    steps = "".join(
        f'<button type="button" class="lx-button lx-strong" data-go="{tab}" data-needs="{needs}" disabled>{t(name)}'
        "</button>"
        for tab, (needs, name) in STEPS.items()
    )
    clear = f'<button type="button" class="lx-button lx-clear" disabled>{t("shell.clear")}</button>'
    side = (
        f'<div class="lx-picked"><p class="lx-small">{t("gan.pick")}</p>{slots}<div class="lx-steps">{steps}{clear}'
        "</div></div>"
    )
    blank = '<p class="lx-blank lx-small" role="status" hidden></p>'
    grid = f'{blank}<div class="lx-cells" role="group" aria-label="{t("gan.grid")}"></div>'
    spoken = {"seed": "gan.seed_of", "digit": "gan.digit_of", "empty": "gan.slot_empty", "blank": "gan.blank"}
    return view("gallery", box("gallery", spoken, grid + side), value, event="picked", elem_id=elem_id)
