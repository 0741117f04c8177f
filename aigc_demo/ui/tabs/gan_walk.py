"""GAN tab, between two: straight through the noise and along the sphere, or once around a circle."""

import time
from typing import Any

from aigc_demo.services.gan.requests import Walk
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import gan_values
from aigc_demo.ui.tabs.gan_picture_views import between
from aigc_demo.ui.tabs.gan_values import digit_choice, live_badge, model_choice
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.widgets import bench, controls, drawer, honesty_badge, how_it_works, predict_card, result


def walk(service: Any) -> Form:
    """From the picture of one seed to that of another."""
    form = Form("gan_walk", Walk)
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                form.seed("seed_from")
                form.seed("seed_to")
                form.check("circle")
                with drawer():
                    form.slider("frames")
                    form.slider("limit")
                    digit_choice(form)
                form.presets(
                    {
                        "gan.try_circle": {"circle": True, "frames": 49},
                        "gan.try_same": {"seed_from": 7, "seed_to": 7, "circle": False},
                        "gan.try_emoji": {"model": "colour", "circle": False},
                    }
                )
            with result():
                first = gan_values.shipped("walk")
                view = between("gan_walk-view", first and gan_values.walk(first, Walk()))
                note = honesty_badge(cached(first))
                formats = ["gif", "mp4", "png", "json"]
                form.save(formats, lambda request, kind: service.save("gan_walk", request, kind))
                form.share(lambda request: service.python(request), "gan.plain_torch")
        predict_card(
            "gan.predict_walk",
            ["gan.predict_walk_right", "gan.predict_walk_b", "gan.predict_walk_c"],
            "gan.predict_walk_reveal",
        )
        how_it_works(
            r"z_{\text{straight}} = (1-s)\,a + s\,b, \qquad z_{\text{arc}} = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + "
            r"\frac{\sin(s\theta)}{\sin\theta}\,b, \qquad \mathbb E\,\lVert z \rVert \approx \sqrt{100}",
            "gan.how_walk",
            {
                "White, Sampling Generative Networks, 2016": "https://arxiv.org/abs/1609.04468",
                "Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242",
            },
            {
                "aigc_demo/sampling/latent.py · slerp": function_text("sampling.latent", "slerp"),
                "aigc_demo/services/gan/drawing.py · usual_length": function_text(
                    "services.gan.drawing", "usual_length"
                ),
            },
        )

    def on_walk(request: Walk) -> tuple[Any, Any]:
        """Go from one picture to another straight and along the sphere, or around a circle; frames and badge."""
        began = time.perf_counter()
        value = gan_values.walk(gan_values.live(service.walk(request)), request)
        return value, live_badge(service, request, began)

    form.watch(on_walk, [view, note])
    return form
