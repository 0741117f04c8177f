"""CycleGAN tab: emoji go from one vendor's style into the other's and back, learned without a single pair."""

import time
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.cyclegan import checkpoints
from aigc_demo.services.cyclegan.requests import Compare, Translate
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import cyclegan_training, cyclegan_views
from aigc_demo.ui.tabs.parts import cached, sketch, table
from aigc_demo.ui.widgets import (
    badge,
    bench,
    controls,
    drawer,
    heading,
    honesty_badge,
    how_it_works,
    predict_card,
    result,
)

PAPER = {
    "Zhu et al., Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, 2017": (
        "https://arxiv.org/abs/1703.10593"
    )
}
INKS = {  # Twemoji's own colours, and white to rub out with
    "#31373D": "cyclegan.ink_dark",
    "#FFCC4D": "cyclegan.ink_yellow",
    "#F4900C": "cyclegan.ink_orange",
    "#DD2E44": "cyclegan.ink_red",
    "#AA8ED6": "cyclegan.ink_violet",
    "#3B88C3": "cyclegan.ink_blue",
    "#78B159": "cyclegan.ink_green",
    "#A0714F": "cyclegan.ink_brown",
    "#CCD6DD": "cyclegan.ink_pale",
    "#FFFFFF": "cyclegan.ink_white",
}


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("cyclegan.title", "cyclegan.lead")
    with gr.Tabs(elem_id="inner-cyclegan"):
        forms = [translate(service), compare(service)]
        cyclegan_training.training()
    return forms


def translate(service: Any) -> Form:
    """There and back, what was lost on the way, and what critic and judge say."""
    form = Form("cyclegan_translate", Translate)
    with form.tab():
        with bench():
            with controls():
                form.choice("direction", radio=True)
                form.add("sample", cyclegan_views.pair_picker("cyclegan_translate-sample", form.defaults["sample"]))
                with drawer("cyclegan.own"):
                    form.add(
                        "picture", sketch("cyclegan_translate-picture", "field.picture", "cyclegan.own_here", INKS)
                    )
            with result():
                first = shipped("translate")
                view = cyclegan_views.trip("cyclegan_translate-view", first)
                note = honesty_badge(cached(first))
                form.save(["png", "gif", "mp4", "json"], lambda r, kind: service.save("cyclegan_translate", r, kind))
                form.share(lambda r: service.python(r), "cyclegan.plain_torch")
        predict_card(
            "cyclegan.predict_translate",
            ["cyclegan.predict_translate_right", "cyclegan.predict_translate_b", "cyclegan.predict_translate_c"],
            "cyclegan.predict_translate_reveal",
        )
        how_it_works(
            r"\min_{G, F} \max_{D_X, D_Y} \; \mathcal L_{\text{GAN}}(G, D_Y) + \mathcal L_{\text{GAN}}(F, D_X) + "
            r"\lambda \, \mathbb E \big[ \lVert F(G(x)) - x \rVert_1 + \lVert G(F(y)) - y \rVert_1 \big]",
            "cyclegan.how_translate",
            PAPER,
            {
                "aigc_demo/models/cyclegan.py · CycleGAN.forward": function_text("models.cyclegan", "CycleGAN.forward"),
                "aigc_demo/training/cyclegan.py · generator_terms": function_text(
                    "training.cyclegan", "generator_terms"
                ),
            },
        )

    def on_translate(request: Translate) -> tuple[Any, Any]:
        """Translate a picture there and back: a sheet of pictures and maps with their numbers, and the badge."""
        began = time.perf_counter()
        return cyclegan_views.live(service.translate(request)), live_badge(service, request, began)

    form.latest_wins("sample", "picture", "")
    form.watch(on_translate, [view, note])
    return form


def compare(service: Any) -> Form:
    """Eight held-out emoji: nothing done, without the cycle term, with it, and the truth."""
    form = Form("cyclegan_compare", Compare)
    with form.tab():
        with bench():
            with controls():
                form.choice("direction", radio=True)
                form.choice("row", radio=True)
            with result():
                first = shipped("compare")
                view = cyclegan_views.rivals("cyclegan_compare-view", first)
                note = honesty_badge(cached(first))
                form.save(["png", "gif", "mp4", "json"], lambda r, kind: service.save("cyclegan_compare", r, kind))
                form.share(lambda r: service.python(r), "cyclegan.plain_torch")
        cyclegan_views.measured(lambda value: table("cyclegan_compare-measured", value))
        predict_card(
            "cyclegan.predict_compare",
            ["cyclegan.predict_compare_right", "cyclegan.predict_compare_b", "cyclegan.predict_compare_c"],
            "cyclegan.predict_compare_reveal",
        )
        how_it_works(
            r"\mathcal L_{\text{cyc}} = \mathbb E_x \lVert F(G(x)) - x \rVert_1 + \mathbb E_y \lVert G(F(y)) - y "
            r"\rVert_1, \qquad \mathcal L_{\text{identity}} = \mathbb E_y \lVert G(y) - y \rVert_1 + "
            r"\mathbb E_x \lVert F(x) - x \rVert_1",
            "cyclegan.how_compare",
            PAPER,
            {
                "aigc_demo/evaluation/cyclegan.py · evaluate": function_text("evaluation.cyclegan", "evaluate"),
            },
        )

    def on_compare(request: Compare) -> tuple[Any, Any]:
        """Translate eight emoji with the cycle term and without: a sheet with their errors, and the badge."""
        began = time.perf_counter()
        return cyclegan_views.live(service.compare(request)), live_badge(service, request, began)

    form.watch(on_compare, [view, note])
    return form


def shipped(name: str) -> dict[str, Any] | None:
    """The first result of a use-case that ships; None when it is not there."""
    return home.shipped_run(checkpoints.CYCLE, use_case=name)


def live_badge(service: Any, request: Any, began: float) -> dict[str, Any]:
    """Device, time and number of weights of what was just computed."""
    milliseconds = (time.perf_counter() - began) * 1000
    return badge("live", ms=milliseconds, **service.facts(*checkpoints.used(request)))
