"""Text VAE tab: from one sentence to another, sentences by chance; what four models say, and the trainings."""

import time
from typing import Any

import gradio as gr

from aigc_demo.services.textvae.requests import Draw, Morph
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import textvae_compare, textvae_training, textvae_views
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.tabs.textvae_values import FORMATS, PAPER, live_badge, shipped
from aigc_demo.ui.widgets import (
    bench,
    controls,
    drawer,
    heading,
    honesty_badge,
    how_it_works,
    predict_card,
    result,
)

MORPHS: dict[str, dict[str, Any]] = {
    "textvae.try_spring": {"corpus": "verse", "first": "春风吹又生", "last": "独钓寒江雪"},
    "textvae.try_moon": {"corpus": "verse", "first": "明月松间照", "last": "白日依山尽"},
    "textvae.try_hair": {"corpus": "verse", "first": "白发三千丈", "last": "海内存知己"},
    "textvae.try_seven": {"corpus": "verse", "first": "江城日暮好相邀", "last": "春风不度玉门关"},
    "textvae.try_love": {
        "corpus": "reviews",
        "first": "a beautiful film about love and loss",
        "last": "the plot makes no sense at all",
    },
    "textvae.try_best": {
        "corpus": "reviews",
        "first": "one of the best films of the year",
        "last": "a bad movie",
    },
}
DRAWS: dict[str, dict[str, Any]] = {
    "textvae.try_prior": {"corpus": "verse", "around": "", "spread": 1.0},
    "textvae.try_near": {"corpus": "verse", "around": "明月松间照", "spread": 1.0},
    "textvae.try_far": {"corpus": "verse", "around": "", "spread": 2.0},
    "textvae.try_reviews": {"corpus": "reviews", "around": "", "spread": 1.0},
    "textvae.try_near_review": {"corpus": "reviews", "around": "a touching story of love", "spread": 1.0},
}


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("textvae.title", "textvae.lead")
    with gr.Tabs(elem_id="inner-textvae"):
        forms = [morph(service), draw(service), textvae_compare.compare(service)]
        textvae_training.training()
    return forms


def morph(service: Any) -> Form:
    """Sentence A to sentence B; the slider moves in the browser."""
    form = Form("textvae_morph", Morph)
    with form.tab():
        with bench():
            with controls():
                form.choice("corpus", radio=True)
                form.text("first")
                form.text("last")
                form.slider("stops", main=True)
                form.presets(MORPHS)
                with drawer():
                    form.slider("temperature")
                    form.seed()
            with result():
                first = shipped("morph")
                view = textvae_views.way("textvae_morph-view", first)
                note = honesty_badge(cached(first))
                form.save(FORMATS, lambda request, kind: service.save("textvae_morph", request, kind))
                form.share(lambda request: service.python(request), "textvae.plain_torch")
        predict_card(
            "textvae.predict_morph",
            ["textvae.predict_morph_right", "textvae.predict_morph_b", "textvae.predict_morph_c"],
            "textvae.predict_morph_reveal",
        )
        how_it_works(
            r"z_t = (1 - t)\,\mu(A) + t\,\mu(B), \qquad q(z \mid x) = \mathcal N(\mu(x), \sigma(x)^2), \qquad "
            r"p(x \mid z) = \prod_i p(x_i \mid x_{<i}, z)",
            "textvae.how_morph",
            PAPER,
            {
                "aigc_demo/models/textvae.py · TextVAE.encode": function_text("models.textvae", "TextVAE.encode"),
                "aigc_demo/models/textvae.py · write": function_text("models.textvae", "write"),
            },
        )

    def on_morph(request: Morph) -> tuple[Any, Any]:
        """Go from one sentence to another: every step with its words, the way through mixed words, both codes."""
        began = time.perf_counter()
        return textvae_views.live(service.morph(request)), live_badge(service, request, began)

    for end in ("first", "last"):  # of the other language; an empty box stands for an example
        form.latest_wins("corpus", end, "")
    form.watch(on_morph, [view, note])
    return form


def draw(service: Any) -> Form:
    """Sentences of codes drawn from the prior, or around a sentence."""
    form = Form("textvae_draw", Draw)
    with form.tab():
        with bench():
            with controls():
                form.choice("corpus", radio=True)
                form.text("around")
                form.slider("temperature", main=True)
                form.slider("spread")
                form.seed()
                form.presets(DRAWS)
                with drawer():
                    form.slider("count")
            with result():
                first = shipped("draw")
                view = textvae_views.sentences("textvae_draw-view", first)
                note = honesty_badge(cached(first))
                form.save(FORMATS, lambda request, kind: service.save("textvae_draw", request, kind))
                form.share(lambda request: service.python(request), "textvae.plain_torch")
        predict_card(
            "textvae.predict_draw",
            ["textvae.predict_draw_right", "textvae.predict_draw_b", "textvae.predict_draw_c"],
            "textvae.predict_draw_reveal",
        )
        how_it_works(
            r"z \sim \mathcal N(0, I) \quad \text{or} \quad z = \mu(x) + s\,\sigma(x)\,\varepsilon, \qquad "
            r"x_i \sim \operatorname{softmax}\big(\ell_i(x_{<i}, z) / T\big)",
            "textvae.how_draw",
            PAPER,
            {"aigc_demo/models/vae.py · Posterior.sample": function_text("models.vae", "Posterior.sample")},
        )

    def on_draw(request: Draw) -> tuple[Any, Any]:
        """Sentences of codes drawn by chance, every word with how likely it was."""
        began = time.perf_counter()
        return textvae_views.live(service.draw(request)), live_badge(service, request, began)

    form.latest_wins("corpus", "around", "")  # it is of the other language
    form.watch(on_draw, [view, note])
    return form
