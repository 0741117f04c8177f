"""GAN tab, draw: a grid of pictures out of noise, to pick the ends of a walk and the parts of a sum from."""

import time
from typing import Any

from aigc_demo.services.gan.requests import Draw
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import gan_values
from aigc_demo.ui.tabs.gan_picture_views import gallery
from aigc_demo.ui.tabs.gan_values import digit_choice, live_badge, model_choice
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.widgets import bench, controls, drawer, honesty_badge, how_it_works, predict_card, result

PAPERS = {
    "Goodfellow et al., Generative Adversarial Nets, 2014": "https://arxiv.org/abs/1406.2661",
    "Radford, Metz & Chintala, Unsupervised Representation Learning with DCGANs, 2015": (
        "https://arxiv.org/abs/1511.06434"
    ),
    "Arjovsky, Chintala & Bottou, Wasserstein GAN, 2017": "https://arxiv.org/abs/1701.07875",
    "Gulrajani et al., Improved Training of Wasserstein GANs, 2017": "https://arxiv.org/abs/1704.00028",
    "Miyato & Koyama, cGANs with Projection Discriminator, 2018": "https://arxiv.org/abs/1802.05637",
    "Brock, Donahue & Simonyan, Large Scale GAN Training (the truncation trick), 2018": (
        "https://arxiv.org/abs/1809.11096"
    ),
    "Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024": "https://arxiv.org/abs/2501.05441",
}
PRESETS: dict[str, dict[str, Any]] = {
    "gan.try_first": {"model": "mlp", "limit": 4},
    "gan.try_modern": {"model": "r3", "limit": 4},
    "gan.try_collapsed": {"model": "collapsed", "limit": 4},
    "gan.try_narrow": {"model": "r3", "limit": 0.5},
    "gan.try_asked": {"model": "conditional", "limit": 4, "digit": 7},
    "gan.try_colour": {"model": "colour", "limit": 4},
}


def draw(service: Any) -> tuple[Form, Any]:
    """A grid of live pictures; the form, and the view that pictures are picked in."""
    form = Form("gan_draw", Draw)
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                form.slider("limit", main=True)
                digit_choice(form)
                form.seed()
                with drawer():
                    form.slider("count")
                form.presets(PRESETS)
            with result():
                first = gan_values.shipped("draw")
                view = gallery("gan_draw-view", first)
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda request, kind: service.save("gan_draw", request, kind))
                form.share(lambda request: service.python(request), "gan.plain_torch")
        words_below()

    def on_draw(request: Draw) -> tuple[Any, Any]:
        """Draw pictures, one per seed, counted up; gives their sheet with seeds and classes, and the badge."""
        began = time.perf_counter()
        value = gan_values.live(service.draw(request))
        return value, live_badge(service, request, began)

    form.watch(on_draw, [view, note])
    return form, view


def words_below() -> None:
    """A question, and how it works."""
    for name in ("limit", "collapse"):
        question = f"gan.predict_{name}"
        predict_card(question, [f"{question}_right", f"{question}_b", f"{question}_c"], f"{question}_reveal")
    how_it_works(
        r"z \sim \mathcal N(0, I_{100}), \qquad x = G(z), \qquad z_i' = \Phi^{-1}\big(1 - \Phi(t) + "
        r"\Phi(z_i)\,(2\,\Phi(t) - 1)\big) \in [-t, t]",
        "gan.how_draw",
        PAPERS,
        {
            "aigc_demo/models/gan.py · growing": function_text("models.gan", "growing"),
            "aigc_demo/models/gan.py · Critic.forward": function_text("models.gan", "Critic.forward"),
            "aigc_demo/services/gan/drawing.py · limited": function_text("services.gan.drawing", "limited"),
        },
    )


def connect(form: Form, view: Any, walk: Form, mix: Form) -> None:
    """What was picked goes to the walk or to the sum, with the model it is of; all of it in the browser."""
    own = [form.components[name] for name in ("model", "limit", "digit")]
    to_walk = [walk.components[name] for name in ("model", "seed_from", "seed_to", "limit", "digit")]
    to_mix = [mix.components[name] for name in ("model", "seed_a", "seed_b", "seed_c", "digit")]
    script = "(...values) => luoxia.sent(...values)"
    view.picked(None, [*own, *to_walk, *to_mix], [*to_walk, *to_mix], js=script, show_progress="hidden")
