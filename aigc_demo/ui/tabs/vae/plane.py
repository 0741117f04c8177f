"""One point, decoded by all four models while it moves, in the browser."""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.vae.requests import KINDS
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.vae.page import BETA_VAE, KINGMA
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

PLANE_FILE = "vae-plane.safetensors"  # decoders and codes of test digits
PAPERS = {
    **KINGMA,
    "Hinton & Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks, 2006": (
        "https://doi.org/10.1126/science.1127647"
    ),
    "Sohn et al., Learning Structured Output Representation (CVAE), 2015": (
        "https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-conditional-generative-models"
    ),
    **BETA_VAE,
}
PLACES: Mapping[str, Mapping[str, float]] = {
    "vae.try_centre": {"x": 0.0, "y": 0.0},
    "vae.try_between": {"x": -1.6, "y": -1.4},
    "vae.try_edge": {"x": 3.4, "y": -3.2},
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("vae_plane", service)
    with form.tab():
        with bench():
            with controls():
                for axis in ("x", "y"):
                    form.slider(axis, main=True).label = t(f"vae.plane_{axis}")
                form.choice("digit", radio=True)
                form.presets(PLACES)
            with result():
                field = plane_view("vae_plane-view", form.defaults)
                form.outcome(("png", "json"), library="vae.plain_torch", line=False, note=False)
        question("vae.predict_plane", form)
        challenge("vae.challenge_three", form)
        how_it_works(
            r"z = \mu(x) + \sigma(x)\,\epsilon, \quad \epsilon \sim \mathcal N(0, 1), \qquad "
            r"p(x \mid z) = \prod_i \mathrm{Bernoulli}\big(x_i;\, \mathrm{sigmoid}(f(z))_i\big)",
            "vae.how_plane",
            PAPERS,
            sources("models.vae:Posterior.sample", "models.vae:VAE.decode"),
            steps=("point", "decoder", "picture"),
        )
    stay_in_step(form, field)
    return form


def stay_in_step(form: Form, field: Any) -> None:
    """A slider moves the point, and a point that was chosen moves the sliders; all of it in the browser."""
    parts = form.components
    at = [parts["x"], parts["y"]]
    move = "(x, y, digit) => { document.querySelector('#vae_plane-view .lx-plane')?.move?.(x, y, digit); return []; }"
    inputs = [*at, parts["digit"]]
    for event in (parts["x"].input, parts["y"].input, *(part.change for part in inputs)):
        event(None, inputs, None, js=move, show_progress="hidden")
    field.picked(None, field, at, js="(at) => [at.x, at.y]", show_progress="hidden")


def plane_view(elem_id: str, at: Mapping[str, Any]) -> gr.HTML:
    """The plane beside the four pictures, see plane.js; a sentence where the models do not ship."""
    try:
        address = first_results.address(PLANE_FILE)
    except OSError:
        absent = f'<div class="lx-plane"><p class="lx-nothing">{t("vae.plane_absent")}</p></div>'
        return view("plane", absent, event="picked", elem_id=elem_id)
    said = words(
        here="vae.plane_here",
        waiting="vae.plane_waiting",
        failed="vae.plane_failed",
        near_none="vae.near_none",
        near_one="vae.near_one",
        near_two="vae.near_two",
        ring_1="vae.plane_ring_1",
        ring_2="vae.plane_ring_2",
    )
    start = " ".join(f'data-{name}="{at[name]}"' for name in ("x", "y", "digit"))
    template = (
        f'<div class="lx-plane" data-file="{address}" {start} data-words="{said}">{bar()}{field_box()}'
        f'<div class="lx-plane-side">{four()}<output class="lx-where"></output><p class="lx-near"></p>{about()}'
        '</div><p class="lx-badge" role="note"></p></div>'
    )
    return view("plane", template, None, event="picked", elem_id=elem_id)


def segments(label: str, attribute: str, options: Mapping[str, str]) -> str:
    """Markup of buttons of which one is pressed: value -> key of its words."""
    buttons = "".join(
        f'<button type="button" data-{attribute}="{value}" aria-pressed="false">{t(key)}</button>'
        for value, key in options.items()
    )
    return f'<div class="lx-segments" role="group" aria-label="{t(label)}">{buttons}</div>'


def bar() -> str:
    """Whose plane, and what it shows."""
    whose = segments("vae.plane_whose", "kind", {kind: f"vae.kind_{kind}" for kind in KINDS})
    what = segments("vae.plane_what", "show", {"dots": "vae.plane_dots", "map": "vae.plane_map"})
    return f'<div class="lx-plane-bar">{whose}{what}</div>'


def field_box() -> str:
    """The plane itself, what its axes are, and the colours of the digits."""
    digits = "".join(
        f'<button type="button" data-only="{digit}" aria-pressed="false" style="--lx-class:var(--lx-class-{digit})">'
        f"{digit}</button>"
        for digit in range(10)
    )
    return (
        f'<div class="lx-plane-field"><div class="lx-field" role="application" tabindex="0" '
        f'aria-label="{t("vae.plane_label")}"><canvas></canvas><span class="lx-pin"></span><div class="lx-arriving" '
        f'hidden><p></p><button type="button" class="lx-button" hidden>{t("vae.plane_again")}</button></div></div>'
        f'<div class="lx-under"><div class="lx-legend" role="group" aria-label="{t("vae.plane_legend")}">{digits}</div>'
        f'<p class="lx-small" data-axes="dots">{t("vae.plane_axes")}</p>'
        f'<p class="lx-small" data-axes="map" hidden>{t("vae.plane_axes_map")}</p></div></div>'
    )


def four() -> str:
    """What the four models decode at the point."""
    figures = "".join(
        f'<figure data-picture="{kind}"><canvas width="28" height="28" role="img" aria-label="{t(f"vae.kind_{kind}")}">'
        f"</canvas><figcaption>{t(f'vae.kind_{kind}')}<small>{t(f'vae.name_{kind}')}</small></figcaption></figure>"
        for kind in KINDS
    )
    return f'<div class="lx-four">{figures}</div>'


def about() -> str:
    """A sentence on every model's plane, of which one shows."""
    return "".join(f'<p class="lx-about" data-about="{kind}" hidden>{t(f"vae.plane_{kind}")}</p>' for kind in KINDS)
