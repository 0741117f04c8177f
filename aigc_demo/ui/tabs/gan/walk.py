"""Between two pictures: straight through the noise and along the sphere, or once around a circle."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.parts import digit_choice, model_choice, ways
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.views.own import own_model
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PRESETS: dict[str, dict[str, Any]] = {
    "gan.try_circle": {"circle": True, "frames": 49},
    "gan.try_same": {"seed_from": 7, "seed_to": 7, "circle": False},
    "gan.try_emoji": {"model": "colour", "circle": False},
}
SPOKEN = ("straight", "arc", "across", "up", "start", "end", "usual", "says", "says_same", "says_circle")


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_walk", service)
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                own_model(form, "model")
                form.seed("seed_from")
                form.seed("seed_to")
                form.check("circle")
                with drawer():
                    form.fields("frames", "limit")
                    digit_choice(form)
                form.presets(PRESETS)
            with result():
                chart = plot("gan.walk_plot", legend(water="gan.walk_straight", glow="gan.walk_arc"))
                spoken = {name: f"gan.walk_{name}" for name in SPOKEN}
                shown = ways("gan_walk-view", form.first_value, spoken, chart)
                form.outcome(("gif", "mp4", "png", "json"), library="gan.plain_torch", line=False)
        question("gan.predict_walk", form, "#gan_walk-view :is(.lx-verdict, .lx-chart)")
        how_it_works(
            r"z_{\text{straight}} = (1-s)\,a + s\,b, \qquad z_{\text{arc}} = \frac{\sin((1-s)\theta)}{\sin\theta}\,a + "
            r"\frac{\sin(s\theta)}{\sin\theta}\,b, \qquad \mathbb E\,\lVert z \rVert \approx \sqrt{100}",
            "gan.how_walk",
            {
                "White, Sampling Generative Networks, 2016": "https://arxiv.org/abs/1609.04468",
                "Shoemake, Animating Rotation with Quaternion Curves, 1985": "https://doi.org/10.1145/325165.325242",
            },
            sources("sampling.latent:slerp", "services.gan.drawing:usual_length"),
            steps=("noise", "between", "noise", "generator", "picture"),
        )
    form.watch(shown)
    return form
