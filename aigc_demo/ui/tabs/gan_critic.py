"""GAN tab, the detective: what a critic says of made and of real pictures, and what it would change."""

import time
from typing import Any

from aigc_demo.services.gan.requests import Critic
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs import gan_values
from aigc_demo.ui.tabs.gan_judging_views import trial
from aigc_demo.ui.tabs.gan_values import live_badge, model_choice
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.widgets import bench, controls, drawer, honesty_badge, how_it_works, predict_card, result

SCALES = {"mlp": "logistic", "dcgan": "logistic", "collapsed": "logistic"} | {
    "wgan-clip": "wasserstein",
    "wgan-gp": "wasserstein",
}  # the others pair real pictures with made ones


def critic(service: Any) -> Form:
    """Scores of made and real pictures."""
    form = Form("gan_critic", Critic)
    with form.tab():
        with bench():
            with controls():
                model_choice(form)
                form.seed()
                with drawer():
                    form.slider("count")
                form.presets(
                    {
                        "gan.try_first": {"model": "mlp"},
                        "gan.try_modern": {"model": "r3"},
                        "gan.try_asked_all": {"model": "conditional"},
                        "gan.try_collapsed": {"model": "collapsed"},
                        "gan.try_colour": {"model": "colour"},
                    }
                )
            with result():
                first = gan_values.shipped("critic")
                view = trial("gan_critic-view", first and with_scale(first, Critic()))
                note = honesty_badge(cached(first))
                form.save(["png", "json"], lambda request, kind: service.save("gan_critic", request, kind))
                form.share()
        predict_card(
            "gan.predict_critic",
            ["gan.predict_critic_right", "gan.predict_critic_b", "gan.predict_critic_c"],
            "gan.predict_critic_reveal",
        )
        how_it_works(
            r"f(x) \in \mathbb R, \qquad \text{wish}(x) = \frac{\nabla_x f(x)}{\max_{ij} \lvert \nabla_x f(x) \rvert}",
            "gan.how_critic",
            {
                "Goodfellow et al., Generative Adversarial Nets, 2014": "https://arxiv.org/abs/1406.2661",
                "Simonyan et al., Deep Inside Convolutional Networks (maps of slopes), 2013": (
                    "https://arxiv.org/abs/1312.6034"
                ),
            },
            {
                "aigc_demo/models/gan.py · Critic.forward": function_text("models.gan", "Critic.forward"),
                "aigc_demo/services/gan/judging.py · wished": function_text("services.gan.judging", "wished"),
            },
        )

    def on_critic(request: Critic) -> tuple[Any, Any]:
        """Score made and real pictures with the model's own critic; a sheet with scores and maps, and the badge."""
        began = time.perf_counter()
        value = with_scale(gan_values.live(service.critic(request)), request)
        return value, live_badge(service, request, began)

    form.watch(on_critic, [view, note])
    return form


def with_scale(value: dict[str, Any], request: Critic) -> dict[str, Any]:
    """With what a score of this model means."""
    return {**value, "scale": SCALES.get(request.model, "relativistic")}
