"""A batch before and after augmentation, live; and what it does for a classifier that has few digits to learn from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from aigc_demo.core.steps import timed
from aigc_demo.services.service import Service
from aigc_demo.services.training.requests import Augment
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import queue
from aigc_demo.ui.i18n import tr
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.training.parts import batches, bring_button, own_pictures, pad, wire_bringing
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm, hosted, inlined
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import badge, bench, controls, drawer, how_it_works, result

USE_CASE = "training_augment"
STRENGTHS = ("crop", "rotate", "scale", "flip", "colour", "noise", "cut")
NOTHING: dict[str, Any] = dict.fromkeys(STRENGTHS, 0.0) | {"rotate": 0}
SOME: dict[str, Any] = {**NOTHING, "crop": 0.2, "rotate": 15, "scale": 0.2, "colour": 0.3, "noise": 0.3, "cut": 0.3}
PRESETS: dict[str, dict[str, Any]] = {
    "training.try_none": NOTHING,
    "training.try_usual": {**NOTHING, "crop": 0.3, "rotate": 15, "scale": 0.2},
    "training.try_all": SOME,
    "training.try_spin": {**NOTHING, "rotate": 180},
    "training.try_mirror": {**NOTHING, "flip": 0.5},
}
PAPERS = {
    "Shorten & Khoshgoftaar, A survey on Image Data Augmentation for Deep Learning, 2019": (
        "https://doi.org/10.1186/s40537-019-0197-0"
    ),
    "DeVries & Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017": (
        "https://arxiv.org/abs/1708.04552"
    ),
    "Zhao et al., Differentiable Augmentation for Data-Efficient GAN Training, 2020": (
        "https://arxiv.org/abs/2006.10738"
    ),
}


def build(service: Service) -> UseCaseForm:
    """The tab of augmentation: the batch follows the controls, Run trains two classifiers."""
    form = UseCaseForm(USE_CASE, service)
    form.follows = True
    with form.tab():
        own = own_pictures()
        with bench():
            with controls():
                form.choice("pictures", radio=True)
                bring, drawn = bring_button(form), pad(form)
                for name in STRENGTHS[:3]:
                    form.slider(name, main=name == "crop")
                form.buttons("training.run_augment")
                with drawer("training.more_transforms"):
                    for name in STRENGTHS[3:]:
                        form.slider(name)
                with drawer():
                    form.fields("few", "lessons")
                    form.seed()
                form.presets(PRESETS)
            with result():
                sheet = batches(f"{USE_CASE}-sheet")
                first = form.first_shown(shown, 2)
                pictures = batches(f"{USE_CASE}-view", value=first[0])
                key = legend(water="training.without", glow="training.augmented")
                chart = batches(f"{USE_CASE}-course", (("training.course", key),), first[1])
                form.outcome(("png", "json"), state=[own])
        question("training.predict_augment", form)
        how_it_works(
            r"\theta \leftarrow \theta - \eta \, \nabla_\theta \, \tfrac{1}{B} \sum_i "
            r"-\log p_\theta\big(y_i \mid T_{u_i}(x_i)\big), \qquad u_i \sim U",
            "training.how_augment",
            PAPERS,
            sources("training.augment:drawn", "training.augment:changed", "training.few:Pupil.update"),
            steps=("pictures", "dice", "classifier", "loss"),
        )
    wire_bringing(form, bring, drawn, own, sheet)
    wire_looking(form, own, pictures)
    form.run(pictures, chart, show=shown, state=[own], roll=False)
    return form


def wire_looking(form: UseCaseForm, own: gr.State, pictures: gr.HTML) -> None:
    """The batch after every change of a control; nothing is trained."""

    def on_look(request: Augment, token: str, lang: str) -> tuple[Any, Any]:
        asked = replace(request, lessons=0)
        ((step, milliseconds),) = timed(form.service.stream(USE_CASE, asked, token))
        value = hosted(step.value, inlined)
        batch = rows(value, lambda key: tr(lang, key)) | {"facts": tr(lang, "training.not_tried")}
        return batch, badge("live", ms=milliseconds, **form.service.facts(USE_CASE, request))

    asked = [form.components[name].change for name in ("pictures", *STRENGTHS, "seed")]
    wishes: dict[str, Any] = {**queue("quick"), **HIDDEN, "show_progress": "hidden", "trigger_mode": "always_last"}
    gr.on(
        asked,
        form.endpoint(on_look, ["own"]),
        [*form.inputs, own],
        [pictures, form.note],
        api_name=f"{USE_CASE}_look",
        **wishes,
    )


def shown(value: Json, say: Say) -> Sequence[Any]:
    """The batch, and the curves under the sentence that sums them up."""
    both = [value["without"], value["augmented"]]
    if None in both:
        return rows(value, say), {"facts": say("training.waits")}
    last = [side["right"][-1] for side in both]
    numbers = {
        "learned": value["learned"],
        "held": value["held"],
        "step": last[0][0],
        "without": f"{100 * last[0][1]:.0f} %",
        "augmented": f"{100 * last[1][1]:.0f} %",
    }
    chart = {
        "x": [0, last[0][0]],
        "y": [0, 100],
        "across": say("training.across_updates"),
        "up": say("training.up_right"),
        "lines": [course(side, kind) for side, kind in zip(both, ("water", "glow"), strict=True)],
    }
    return rows(value, say), {"facts": [say("training.read"), numbers], "charts": [chart]}


def course(side: Json, kind: str) -> Json:
    """A line from what guessing gives to what is read now, in per cent."""
    points = [[0, 10], *([step, 100 * right] for step, right in side["right"])]
    return {"kind": kind, "points": points, "dots": points[-1:]}


def rows(value: Json, say: Say) -> Json:
    """Both batches, and under every picture what was drawn for it."""
    count = len(value["values"])
    notes = [note(drawn) for drawn in value["values"]]
    batch = [
        {"name": say("training.before"), "start": 0, "count": count, "columns": count},
        {"name": say("training.after"), "start": count, "count": count, "columns": count, "notes": notes},
    ]
    sheet = {name: value[name] for name in ("sheets", "w", "h", "kind")}
    return {**sheet, "rows": batch}


def note(drawn: Json) -> str:
    """What was drawn for a picture, a line per transform that did something."""
    parts = [
        f"▢ {100 * drawn['kept']:.0f}%" if drawn["kept"] < 0.995 else "",
        f"↻ {-drawn['angle']:.0f}°" if abs(drawn["angle"]) >= 0.5 else "",
        f"× {drawn['size']:.2f}" if abs(drawn["size"] - 1) >= 0.005 else "",
        "⇋" if drawn["mirrored"] else "",
        f"☀ {drawn['bright']:+.2f}" if abs(drawn["bright"]) >= 0.005 else "",
        f"σ {drawn['noise']:.2f}" if drawn["noise"] >= 0.005 else "",
        f"▪ {drawn['hole']:.0f} px" if drawn["hole"] else "",
    ]
    return "\n".join(part for part in parts if part)
