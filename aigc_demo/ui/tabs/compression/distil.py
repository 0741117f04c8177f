"""Distillation: teacher, student, and the one that learned alone; what each expects at a place that one clicks."""

import html
import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.compression.parts import bytes_of, outputs
from aigc_demo.ui.tabs.parts import table
from aigc_demo.ui.tabs.token_view import text_box
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.chart import legend
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

USE_CASE = "compression_distil"
NAMES = tuple(f"compression.distil_{name}" for name in ("teacher", "student", "alone"))
HEAD = ("network", "size", "parameters", "cost", "apart", "time_1", "time_16")
PLACE = 24  # of the prompt that ships: behind "my fr", where several letters would do
PAPERS = {
    "Hinton, Vinyals & Dean, Distilling the Knowledge in a Neural Network, 2015": "https://arxiv.org/abs/1503.02531"
}


def build(service: Service) -> UseCaseForm:
    """The tab of distillation: it runs on Run; place and temperature act in the browser."""
    form = UseCaseForm(USE_CASE, service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=4)
                temperature = form.slider("temperature", main=True)
                form.seed()
                form.buttons("compression.run_distil")
            with result():
                rows, soft, texts = form.first_shown(shown, 3)
                odds = soft_view(soft)  # first, as seven columns of figures do not fit on a phone
                views = [table(f"{USE_CASE}-table", rows), odds, outputs(f"{USE_CASE}-view", 3, [], texts)]
                form.outcome(("txt", "html", "png", "json"))
        question("compression.predict_distil", form, f"#{USE_CASE}-table")
        how_it_works(
            r"w\, T^2\, \mathrm{KL}\!\left( \operatorname{softmax}\tfrac{z_\text{teacher}}{T} \,\Big\|\, "
            r"\operatorname{softmax}\tfrac{z}{T} \right) - (1 - w) \log \operatorname{softmax}(z)_{\text{next}}",
            "compression.how_distil",
            PAPERS,
            sources("training.distil:soft_cost", "training.distil:cost_of"),
            steps=("text", "teacher", "odds", "student"),
        )
    script = f"(temperature) => luoxia.softTemperature('{USE_CASE}', temperature)"
    temperature.change(None, temperature, None, js=script, show_progress="hidden")
    form.run(*views, show=shown)
    return form


def soft_view(value: Any) -> gr.HTML:
    """A text to click in, and bars of what the three expect there."""
    spoken = {
        **{name: t(f"compression.distil_{name}") for name in ("after", "label", "apart_here")},
        "names": [t(name) for name in NAMES],
    }
    spoken["apart"] = spoken.pop("apart_here")
    said = html.escape(json.dumps(spoken, ensure_ascii=False), quote=True)
    marks = legend(water=NAMES[0], glow=NAMES[1], reed=NAMES[2])
    template = (
        f'<div class="lx-soft lx-tokens lx-view" data-form="{USE_CASE}" data-words="{said}">'
        f"{text_box('compression.distil_box')}"
        f'<section class="lx-soft-odds" aria-label="{t("compression.distil_odds")}">'
        f'<p class="lx-soft-title"></p><p class="lx-small lx-caption">{marks}</p>'
        '<ul></ul><p class="lx-soft-note" aria-live="polite"></p><p class="lx-soft-note"></p></section></div>'
    )
    return view("soft", template, value, elem_id=f"{USE_CASE}-soft")


def shown(value: Json, say: Say) -> Sequence[Any]:
    """A row for each, what all three expect along the prompt, and what each writes behind it."""
    names = [say(name) for name in NAMES]
    columns = zip(
        names,
        map(bytes_of, value["size"]),
        (f"{count / 1e6:.2f} M" for count in value["parameters"]),
        (f"{cost:.3f}" for cost in value["cost"]),
        (f"{apart:.3f}" for apart in value["apart"]),
        *([f"{times[place]:.3f}" for times in value["milliseconds"]] for place in range(len(value["batches"]))),
        strict=True,
    )
    head = [say(f"compression.distil_{name}") for name in HEAD]
    texts = zip(names, value["texts"], strict=True)  # figures stand in the table alone, which is covered at first
    made = [{"name": name, "text": value["prompt"] + text} for name, text in texts]
    soft = {name: value[name] for name in ("prompt", "characters", "temperature", "finest", "expected")}
    rows = {"head": head, "rows": [list(row) for row in columns], "mark": None}
    return [rows, {**soft, "place": PLACE}, {"made": made, "charts": []}]
