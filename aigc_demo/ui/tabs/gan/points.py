"""A GAN that learns points of the plane, live: the page's own events keep a person's training between two presses.

A training is that person's alone: it is kept in a `gr.State` of plain arrays, and its rates in another, which a running
training reads before every frame. What a program asks for begins from the seed.
"""

import dataclasses
import functools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from aigc_demo.core.params import clean
from aigc_demo.core.steps import Step, timed
from aigc_demo.services.gan.requests import Points
from aigc_demo.services.service import Service
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.events import QUICK, guarded, queue
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gan.page import GAN, PENALTY, R3GAN, WGAN
from aigc_demo.ui.tabs.gan.plane import duel, pad
from aigc_demo.ui.use_case_form import HIDDEN, UseCaseForm
from aigc_demo.ui.widgets import badge, bench, controls, drawer, how_it_works, progress, result

if TYPE_CHECKING:
    from aigc_demo.services.gan.points import Moment

PRIVATE: dict[str, Any] = {**HIDDEN, "show_progress": "hidden"}
TOLD = 0.5  # seconds between two words on progress


def preset(data: str, loss: str, generator: float, critic: float) -> dict[str, Any]:
    return {"data": data, "loss": loss, "rate_generator": generator, "rate_critic": critic, "updates": 1}


RATES = ("rate_generator", "rate_critic")
PRESETS = {
    "gan.try_works": preset("grid", "relativistic", 0.002, 0.002),
    "gan.try_spiral": preset("spiral", "relativistic", 0.002, 0.002),
    "gan.try_collapse": preset("grid", "logistic", 0.005, 0.001),
    "gan.try_strong": preset("grid", "logistic", 0.002, 0.1),
    "gan.try_weak": preset("ring", "logistic", 0.002, 0.0),
}
OFFERED = (0.0, 0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01, 0.03, 0.1)  # rates
FORMULA = r"""\begin{aligned}
\text{GAN: } & L_f = -\mathbb E \log \sigma(f_r) - \mathbb E \log (1 - \sigma(f_f)), &
& L_G = -\mathbb E \log \sigma(f_f) \\
\text{LSGAN: } & L_f = \tfrac12 \mathbb E (f_r - 1)^2 + \tfrac12 \mathbb E f_f^2, &
& L_G = \tfrac12 \mathbb E (f_f - 1)^2 \\
\text{WGAN: } & L_f = \mathbb E f_f - \mathbb E f_r \;[+\, 10\, \mathbb E (\lVert \nabla f \rVert - 1)^2], &
& L_G = -\mathbb E f_f \\
\text{R3GAN: } & L_f = -\mathbb E \log \sigma(f_r - f_f) + \tfrac{\gamma}{2} (R_1 + R_2), &
& L_G = -\mathbb E \log \sigma(f_f - f_r)
\end{aligned}"""
PAPERS = {
    "Goodfellow et al., Generative Adversarial Nets, 2014": GAN,
    "Mao et al., Least Squares Generative Adversarial Networks, 2017": "https://arxiv.org/abs/1611.04076",
    "Arjovsky, Chintala & Bottou, Wasserstein GAN, 2017": WGAN,
    "Gulrajani et al., Improved Training of Wasserstein GANs, 2017": PENALTY,
    "Mescheder, Geiger & Nowozin, Which Training Methods for GANs do actually Converge?, 2018": "https://arxiv.org/abs/1801.04406",
    "Huang et al., The GAN is dead; long live the GAN! (R3GAN), 2024": R3GAN,
    "Kahng et al., GAN Lab, 2018": "https://arxiv.org/abs/1809.01587",
}


@dataclass
class Knobs:
    """The learning rates of one person's page, as they stand now."""

    rate_generator: float = Points.rate_generator
    rate_critic: float = Points.rate_critic

    def now(self) -> tuple[float, float]:
        return self.rate_generator, self.rate_critic


@dataclass(frozen=True)
class Parts:
    """What the handlers read and write beside the form."""

    kept: gr.State  # Saved, or None before the first press
    knobs: gr.State  # Knobs
    view: gr.HTML
    generator: gr.Button
    critic: gr.Button
    over: gr.Button


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gan_points", service)
    with form.tab():
        kept, knobs = gr.State(None), gr.State(Knobs())
        with bench():
            with controls():
                buttons = settings(form)
            with result():
                shown = duel("gan_points-view", form.first_value)
                formats = ("png", "gif", "mp4", "json")
                form.outcome(formats, state=[kept], save=functools.partial(save, service), library="gan.plain_torch")
        question("gan.predict_strong", form)
        question("gan.predict_ring", form)
        challenge("gan.challenge_clouds", form)
        how_it_works(
            FORMULA,
            "gan.how_points",
            PAPERS,
            sources(
                "models.gan:relativistic_critic",
                "models.gan:relativistic_generator",
                "models.gan:slope_zero_penalty",
                "services.gan.live:Training.update_critic",
                "services.gan.live:Training.update_generator",
                "services.gan.frames:distance",
            ),
            steps=("noise", "generator", "points", "critic", "score"),
        )
    parts = Parts(kept, knobs, shown, *buttons)
    event = wire_run(form, parts)
    wire_rates(form, parts)
    wire_beginning(form, parts, event)
    return form


def save(service: Service, request: Points, format: str, saved: Any) -> Iterator[Step[bytes | None]]:
    """The training that stands on the page, with as many turns on its card as it took."""
    if saved is not None and saved.start == request.start:
        request = dataclasses.replace(request, turns=saved.step or request.turns)
    yield from service.save("gan_points", request, format, saved)


def settings(form: Form) -> tuple[gr.Button, gr.Button, gr.Button]:
    """The left column; gives back the buttons for the generator alone, the critic alone, and starting over."""
    form.choice("data", radio=True)
    form.add("drawing", pad("gan_points-drawing"))
    form.choice("loss")
    with gr.Row(elem_classes="lx-rates", equal_height=False):
        for field in RATES:
            form.choice(field, options=[(f"{rate:g}", rate) for rate in OFFERED])
    gr.HTML(f'<p class="lx-small">{t("gan.rates_help")}</p>', elem_classes="lx-under")
    form.buttons("gan.run_points")
    gr.HTML(f'<p class="lx-small">{t("gan.alone_help")}</p>')
    with gr.Row(elem_classes="lx-presets", equal_height=False):
        buttons = small("step_generator"), small("step_critic"), small("over")
    with drawer():
        form.fields("updates", "turns")
        form.seed()
    form.presets(PRESETS)
    return buttons


def small(name: str) -> gr.Button:
    return gr.Button(t(f"gan.{name}"), size="sm", min_width=40, scale=0, elem_id=f"gan_points-{name}")


def wire_run(form: UseCaseForm, parts: Parts) -> Any:
    """Train and Stop: goes on from what is kept, at the rates of the moment; the event."""

    def on_live(request: Points, saved: Any, knobs: Knobs) -> Iterator[tuple[Any, ...]]:
        from aigc_demo.services.gan.points import moment_value, train  # torch comes with the first use

        knobs.rate_generator, knobs.rate_critic = request.rate_generator, request.rate_critic
        facts, told = form.service.facts("gan_points", request), 0.0
        for step, milliseconds in timed(train(request, saved, knobs.now)):
            now, words = time.perf_counter(), (gr.skip(), gr.skip())
            if now - told >= TOLD or step.done >= step.total:
                told = now
                words = (progress(step.done, step.total), badge("live", ms=milliseconds, **facts))
            yield step.value.saved, moment_value(request, step.value), *words

    seen = [parts.kept, parts.view, form.line, form.note]
    wishes = {**queue(form.request.queue), **PRIVATE, "api_name": "gan_points_view"}
    return Form.run(form, on_live, seen, extra=[parts.kept, parts.knobs], roll=False, **wishes)


def wire_rates(form: UseCaseForm, parts: Parts) -> None:
    """A rate that is changed while a training runs is felt with its next frame."""

    @guarded
    def on_rates(rate_generator: Any, rate_critic: Any, knobs: Knobs) -> None:
        given = zip(RATES, (rate_generator, rate_critic), strict=True)
        knobs.rate_generator, knobs.rate_critic = (clean(name, *form.rules[name], rate) for name, rate in given)

    rates = [form.components[name] for name in RATES]
    wishes: dict[str, Any] = {**QUICK, **PRIVATE, "api_name": "gan_points_rates", "trigger_mode": "always_last"}
    gr.on([rate.change for rate in rates], on_rates, [*rates, parts.knobs], None, **wishes)


def wire_beginning(form: UseCaseForm, parts: Parts, event: Any) -> None:
    """Other points, another loss or seed begin anew; one side alone goes on from where the run is stopped."""

    def on_begin(request: Points) -> tuple[Any, Any, Any]:
        if request.data == "drawn" and not request.drawing:
            return gr.skip(), gr.skip(), gr.skip()  # the pad has only just appeared
        from aigc_demo.services.gan.points import begin as beginning

        return shown(request, beginning(request))

    def shown(request: Points, now: "Moment") -> tuple[Any, Any, Any]:
        from aigc_demo.services.gan.points import moment_value

        says = badge("live", **form.service.facts("gan_points", request))
        return now.saved, moment_value(request, now), says

    def on_generator(request: Points, saved: Any) -> tuple[Any, Any, Any]:
        from aigc_demo.services.gan.points import alone

        return shown(request, alone(request, "generator", saved))

    def on_critic(request: Points, saved: Any) -> tuple[Any, Any, Any]:
        from aigc_demo.services.gan.points import alone

        return shown(request, alone(request, "critic", saved))

    outputs: list[Any] = [parts.kept, parts.view, form.note]
    quick: dict[str, Any] = {**QUICK, **PRIVATE, "trigger_mode": "always_last"}
    halt = f"() => luoxia.halt('{form.use_case}')"
    number = form.components["seed"]
    begins = [form.components[name].change for name in ("data", "loss", "seed", "drawing")]
    gr.on([*begins, parts.over.click], None, None, None, js=halt, cancels=[event], show_progress="hidden")
    begin = form.endpoint(on_begin)
    gr.on(begins, begin, form.inputs, outputs, api_name="gan_points_begin", **quick)
    roll = f"(seed) => luoxia.drawSeed('{form.use_case}', 'seed', seed)"
    rolled = parts.over.click(None, number, number, js=roll, **PRIVATE)
    rolled.then(begin, form.inputs, outputs, api_name="gan_points_over", **quick)
    for button, handler in ((parts.generator, on_generator), (parts.critic, on_critic)):
        button.click(None, None, None, js=halt, cancels=[event], show_progress="hidden")
        name = f"gan_points_{handler.__name__.removeprefix('on_')}"
        button.click(form.endpoint(handler, ["saved"]), [*form.inputs, parts.kept], outputs, api_name=name, **quick)
