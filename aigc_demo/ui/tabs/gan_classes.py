"""GAN tab, the conditional model: every class from the same noise, and the way from class to class."""

import time
from typing import Any

from aigc_demo.services.gan.requests import Classes, Morph
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import gan_values
from aigc_demo.ui.tabs.gan_picture_views import change
from aigc_demo.ui.tabs.gan_values import live_badge
from aigc_demo.ui.tabs.parts import cached, mosaic
from aigc_demo.ui.widgets import bench, controls, drawer, honesty_badge, how_it_works, predict_card, result

PAPER = {
    "Mirza & Osindero, Conditional Generative Adversarial Nets, 2014": "https://arxiv.org/abs/1411.1784",
    "Miyato & Koyama, cGANs with Projection Discriminator, 2018": "https://arxiv.org/abs/1802.05637",
}


def classes(service: Any) -> Form:
    """A row per class, a column per seed."""
    form = Form("gan_classes", Classes)
    with form.tab():
        with bench():
            with controls():
                form.slider("columns")
                form.slider("limit", main=True)
                form.seed()
            with result():
                first = gan_values.shipped("classes")
                view = mosaic("gan_classes-view", "gan.classes_says", first and gan_values.classes(first, Classes()))
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda request, kind: service.save("gan_classes", request, kind))
                form.share(lambda request: service.python(request), "gan.plain_torch")
        predict_card(
            "gan.predict_classes",
            ["gan.predict_classes_right", "gan.predict_classes_b", "gan.predict_classes_c"],
            "gan.predict_classes_reveal",
        )
        how_it_works(
            r"x = G(z, e_y), \qquad f(x, y) = v_y^{\top} \phi(x) + w^{\top} \phi(x) + b",
            "gan.how_classes",
            PAPER,
            {
                "aigc_demo/models/gan.py · Critic.forward": function_text("models.gan", "Critic.forward"),
                "aigc_demo/models/gan.py · Generator.forward": function_text("models.gan", "Generator.forward"),
            },
        )

    def on_classes(request: Classes) -> tuple[Any, Any]:
        """Draw all ten classes from the same noise, a row each; gives the pictures and the badge."""
        began = time.perf_counter()
        value = gan_values.classes(gan_values.live(service.classes(request)), request)
        return value, live_badge(service, request, began)

    form.watch(on_classes, [view, note])
    return form


def morph(service: Any) -> Form:
    """The noise stays, the class changes."""
    form = Form("gan_morph", Morph)
    with form.tab():
        with bench():
            with controls():
                options = [(str(digit), digit) for digit in range(10)]
                form.choice("digit_from", options=options, radio=True)
                form.choice("digit_to", options=options, radio=True)
                form.seed()
                with drawer():
                    form.slider("frames")
                    form.slider("limit")
            with result():
                first = gan_values.shipped("morph")
                view = change("gan_morph-view", first and gan_values.morph(first, Morph()))
                note = honesty_badge(cached(first))
                formats = ["gif", "mp4", "png", "json"]
                form.save(formats, lambda request, kind: service.save("gan_morph", request, kind))
                form.share(lambda request: service.python(request), "gan.plain_torch")
        how_it_works(
            r"e = (1-s)\,e_{y_0} + s\,e_{y_1}, \qquad x = G(z, e)",
            "gan.how_morph",
            PAPER,
            {"aigc_demo/models/gan.py · Generator.between": function_text("models.gan", "Generator.between")},
        )

    def on_morph(request: Morph) -> tuple[Any, Any]:
        """Go from one class to another at one noise; gives the frames and the badge."""
        began = time.perf_counter()
        value = gan_values.morph(gan_values.live(service.morph(request)), request)
        return value, live_badge(service, request, began)

    form.watch(on_morph, [view, note])
    return form
