"""Autoencoder tab, digits: the way between two of them, new ones out of nothing, and pictures that are none."""

import time
from typing import Any

from aigc_demo.services.vae.checkpoints import used
from aigc_demo.services.vae.requests import ANY, ODD, Anomaly, Draw, Walk
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import vae_values
from aigc_demo.ui.tabs.parts import cached, digit_picker, mosaic, sketch
from aigc_demo.ui.tabs.vae_views import meter, ways
from aigc_demo.ui.widgets import (
    badge,
    bench,
    controls,
    drawer,
    honesty_badge,
    how_it_works,
    predict_card,
    result,
)

SERVICE = "services.vae.service"
VAE_PAPER = {"Kingma & Welling, Auto-Encoding Variational Bayes, 2013": "https://arxiv.org/abs/1312.6114"}
IWAE_PAPER = {"Burda et al., Importance Weighted Autoencoders, 2015": "https://arxiv.org/abs/1509.00519"}
ROW = 8  # pictures in a row of imagined digits


def live_badge(service: Any, request: Any, began: float) -> dict[str, Any]:
    """Device, time, number of weights and seed of what was just computed."""
    milliseconds = (time.perf_counter() - began) * 1000
    return badge("live", ms=milliseconds, seed=getattr(request, "seed", None), **service.facts(*used(request)))


def walk(service: Any) -> Form:
    """From one digit to another, three ways."""
    form = Form("vae_walk", Walk)
    with form.tab():
        with bench():
            with controls():
                for end in ("from", "to"):
                    start = form.defaults[f"sample_{end}"]
                    form.add(
                        f"sample_{end}",
                        digit_picker(f"vae_walk-sample_{end}", start, f"field.sample_{end}"),
                    )
                    with drawer(f"field.drawing_{end}"):
                        form.add(f"drawing_{end}", sketch(f"vae_walk-drawing_{end}", f"field.drawing_{end}"))
                form.slider("frames", main=True)
                form.choice("kind")
                form.choice("code", radio=True)
                form.check("random")
                form.seed()
            with result():
                first = vae_values.shipped("walk")
                view = ways("vae_walk-view", first and vae_values.walk(first, Walk()))
                note = honesty_badge(cached(first))
                form.save(["gif", "mp4", "png", "json"], lambda r, kind: service.save("vae_walk", r, kind))
                form.share(lambda r: service.python(r), "vae.plain_torch")
        how_it_works(
            r"z_{\text{straight}} = (1-s)\,a + s\,b, \qquad z_{\text{arc}} = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + "
            r"\frac{\sin(s\theta)}{\sin\theta}\,b, \qquad \cos\theta = \frac{a \cdot b}{|a|\,|b|}",
            "vae.how_walk",
            {
                "White, Sampling Generative Networks, 2016": "https://arxiv.org/abs/1609.04468",
                "Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242",
            },
            {
                "aigc_demo/sampling/latent.py · slerp": function_text("sampling.latent", "slerp"),
                "aigc_demo/models/vae.py · VAE.paint": function_text("models.vae", "VAE.paint"),
            },
        )

    def on_walk(request: Walk) -> tuple[Any, Any]:
        """Go from one digit to another straight, along an arc and by cross-fading; gives the frames and the badge."""
        began = time.perf_counter()
        value = vae_values.walk(vae_values.live(service.walk(request)), request)
        return value, live_badge(service, request, began)

    for end in ("from", "to"):
        form.latest_wins(f"sample_{end}", f"drawing_{end}", "")
    form.watch(on_walk, [view, note])
    return form


def draw(service: Any) -> Form:
    """Digits that nobody wrote, decoded from random codes."""
    form = Form("vae_draw", Draw)
    with form.tab():
        with bench():
            with controls():
                form.slider("temperature", main=True)
                form.choice("kind", radio=True)
                form.choice("code", radio=True)
                options = [(str(digit), digit) for digit in range(10)]
                form.choice("digit", options=[*options, (t("vae.digit_all"), ANY)], radio=True)
                form.seed()
                form.presets(
                    {
                        "vae.try_mean": {"kind": "vae", "temperature": 0},
                        "vae.try_hot": {"kind": "vae", "code": 16, "temperature": 2.5},
                        "vae.try_classes": {"kind": "cvae", "code": 2, "temperature": 1, "digit": ANY},
                        "vae.try_no_prior": {"kind": "ae", "code": 16, "temperature": 1},
                    }
                )
            with result():
                first = vae_values.shipped("draw")
                view = mosaic("vae_draw-view", "vae.draw_says", first and {**first, **draw_words(Draw())})
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda r, kind: service.save("vae_draw", r, kind))
                form.share(lambda r: service.python(r), "vae.plain_torch")
        predict_card(
            "vae.predict_prior",
            ["vae.predict_prior_right", "vae.predict_prior_b", "vae.predict_prior_c"],
            "vae.predict_prior_reveal",
        )
        how_it_works(
            r"z \sim \mathcal N(0, \tau^2), \qquad x = p_\theta(x \mid z)",
            "vae.how_draw",
            {
                **VAE_PAPER,
                "Sohn et al., Structured Output Representation using Deep Conditional Generative Models, 2015": (
                    "https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-"
                    "conditional-generative-models"
                ),
            },
            {
                "aigc_demo/models/vae.py · VAE.decode": function_text("models.vae", "VAE.decode"),
                "aigc_demo/models/vae.py · VAE.condition": function_text("models.vae", "VAE.condition"),
            },
        )

    def on_draw(request: Draw) -> tuple[Any, Any]:
        """Decode codes drawn from the prior; gives the pictures and the badge."""
        began = time.perf_counter()
        value = {**vae_values.live(service.draw(request)), **draw_words(request)}
        return value, live_badge(service, request, began)

    form.watch(on_draw, [view, note])
    return form


def draw_words(request: Draw) -> dict[str, Any]:
    """A CVAE asked for all digits has a row for each; else there is nothing to say beside the pictures."""
    rows = [str(digit) for digit in range(10)] if request.kind == "cvae" and request.digit == ANY else [""] * ROW
    return {"rows": rows, "columns": [""] * ROW, "notes": None}


def anomaly(service: Any) -> Form:
    """How likely a picture is as a digit."""
    form = Form("vae_anomaly", Anomaly)
    with form.tab():
        with bench():
            with controls():
                form.choice("odd", options=[(form.option("odd", odd), odd) for odd in ODD], radio=True)
                form.add("drawing", sketch("vae_anomaly-drawing"))
                form.add("sample", digit_picker("vae_anomaly-sample", form.defaults["sample"]))
                with drawer():
                    form.seed()
            with result():
                first = vae_values.shipped("anomaly")
                view = meter("vae_anomaly-view", first and vae_values.anomaly(first))
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda r, kind: service.save("vae_anomaly", r, kind))
                form.share()
        predict_card(
            "vae.predict_odd",
            ["vae.predict_odd_right", "vae.predict_odd_b", "vae.predict_odd_c"],
            "vae.predict_odd_reveal",
        )
        how_it_works(
            r"\log p(x) \;\ge\; \mathbb E_{z_1 \dots z_K \sim q(z|x)} \log \frac 1 K \sum_{k=1}^K "
            r"\frac{p(x \mid z_k)\, p(z_k)}{q(z_k \mid x)}",
            "vae.how_anomaly",
            {
                **IWAE_PAPER,
                "Nalisnick et al., Do Deep Generative Models Know What They Don't Know?, 2018": (
                    "https://arxiv.org/abs/1810.09136"
                ),
            },
            {
                "aigc_demo/models/vae.py · VAE.log_weights": function_text("models.vae", "VAE.log_weights"),
                "aigc_demo/models/vae.py · bound": function_text("models.vae", "bound"),
            },
        )

    def on_anomaly(request: Anomaly) -> tuple[Any, Any]:
        """Bound the likelihood of a picture; gives picture, rebuilt and error with the bound, and the badge."""
        began = time.perf_counter()
        value = vae_values.anomaly(vae_values.live(service.anomaly(request)))
        return value, live_badge(service, request, began)

    form.latest_wins("sample", "drawing", "")
    for name in ("sample", "drawing"):
        form.latest_wins(name, "odd", "none")
    form.watch(on_anomaly, [view, note])
    return form
