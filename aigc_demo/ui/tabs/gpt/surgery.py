"""Token surgery: a place of a text, every step of the choice there as bars, and branches that go on from a rival.

The texts of the branches are that person's alone: they live in the browser, see surgery.js.
"""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.core.errors import BadRequestError, UserError
from aigc_demo.core.steps import timed
from aigc_demo.services.gpt.requests import SETTINGS, STARTS, Surgery, Write
from aigc_demo.services.service import Service
from aigc_demo.ui.events import paced, queue
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import FORMATS, fitting
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.token_view import SPOKEN, legend, panel, text_box
from aigc_demo.ui.use_case_form import HIDDEN, UseCaseForm
from aigc_demo.ui.widgets import badge, bench, controls, drawer, how_it_works, progress, raw, result, view

USE_CASE = "gpt_surgery"
ROWS = ("softmax", "tempered", "top_k", "top_k_off", "top_p", "final")
ODDS_WORDS = (*ROWS, "after", "rest", "branch", "note", "note_more")
TREE_WORDS = ("root", "child", "same", "parts", "part")
PRESETS: dict[str, dict[str, Any]] = {
    "gpt.try_surgery_cold": {"temperature": 0.0},
    "gpt.try_surgery_hot": {"temperature": 2.0, "top_k": 0, "top_p": 1.0},
    "gpt.try_surgery_k": {"temperature": 1.0, "top_k": 3, "top_p": 1.0},
    "gpt.try_surgery_p": {"temperature": 1.0, "top_k": 0, "top_p": 0.5},
}
QUIET: dict[str, Any] = {**HIDDEN, "show_progress": "hidden"}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm(USE_CASE, service)
    form.follows = True
    first = form.first_value or {}
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=4)
                form.slider("temperature", main=True)
                for name in ("top_k", "top_p"):
                    form.slider(name)
                form.buttons("gpt.run_surgery")
                with drawer():
                    form.fields("model", "min_p", "repetition", "length")
                    form.number("position")
                    form.seed()
                form.presets(PRESETS)
            with result():
                text = text_view(first.get("text"))
                odds = odds_view(first.get("odds"))
                branches = branches_view()
                wish = raw(gr.Textbox("", visible="hidden", interactive=True, label="·"))
                form.outcome(FORMATS, library="gpt.plain_lstm")
        question("gpt.predict_surgery", form)
        stages = ("stages", "penalised", "keep_best", "keep_nucleus", "keep_likely")
        papers = {
            "Fan, Lewis & Dauphin, Hierarchical Neural Story Generation (top-k), 2018": "https://arxiv.org/abs/1805.04833",
            "Holtzman et al., The Curious Case of Neural Text Degeneration (top-p), 2019": "https://arxiv.org/abs/1904.09751",
            "Nguyen et al., Turning Up the Heat: Min-p Sampling, 2024": "https://arxiv.org/abs/2407.01082",
            "Keskar et al., CTRL (repetition penalty), 2019": "https://arxiv.org/abs/1909.05858",
        }
        formula = (
            r"z \;\to\; \operatorname{softmax}(z) \;\to\; \operatorname{softmax}(z / T) \;\to\; "
            r"\text{top-}k \;\to\; \text{top-}p, \text{min-}p \;\to\; \frac{p_i}{\sum_j p_j}"
        )
        how_it_works(
            formula,
            "gpt.how_surgery",
            papers,
            sources(*(f"sampling.tokens:{name}" for name in stages)),
            steps=("text", "transformer", "odds", "swap", "text"),
        )
    fitting(form, STARTS)
    wire_place(form, text, branches)
    wire_looking(form, text, odds)
    wire_branching(form, branches, wish)
    return form


def wire_place(form: Form, text: gr.HTML, branches: gr.HTML) -> None:
    """A place that is picked in the text, and a branch that is chosen, go into the controls; in the browser."""
    prompt, position = form.components["prompt"], form.components["position"]
    text.select(None, None, position, js=f"() => luoxia.surgeryPlace('{USE_CASE}')", show_progress="hidden")
    chosen = f"() => luoxia.surgeryChosen('{USE_CASE}')"
    branches.select(None, None, [prompt, position], js=chosen, show_progress="hidden")


def wire_looking(form: UseCaseForm, text: gr.HTML, odds: gr.HTML) -> None:
    """The odds after every change; what the model foresaw along the text after another text or model."""
    service = form.service

    def on_odds(request: Surgery) -> tuple[Any, Any]:
        ((step, milliseconds),) = timed(service.stream(USE_CASE, request, False))
        facts = {**service.facts(USE_CASE, request), "seed": None}  # nothing was drawn
        return (step.value or {})["odds"], badge("live", ms=milliseconds, **facts)

    def on_text(request: Surgery) -> Any:
        try:
            (step,) = service.stream(USE_CASE, request)
        except UserError:
            return gr.skip()  # on_odds says it
        return (step.value or {})["text"]

    wishes: dict[str, Any] = {**queue("quick"), **QUIET, "trigger_mode": "always_last"}
    asked = [part.change for name, part in form.components.items() if name not in ("length", "seed")]
    shown = [odds, form.note]
    gr.on(asked, form.endpoint(on_odds), form.inputs, shown, api_name=f"{USE_CASE}_view", **wishes)
    read = [form.components[name].change for name in ("prompt", "model")]
    gr.on(read, form.endpoint(on_text), form.inputs, text, api_name=f"{USE_CASE}_text", **wishes)


def wire_branching(form: UseCaseForm, branches: gr.HTML, wish: Any) -> None:
    """Run goes on from the place, or from the rival that was clicked, which comes in a hidden box."""
    service = form.service
    form.run_button.click(None, None, wish, js=f"() => luoxia.surgeryWish('{USE_CASE}')", show_progress="hidden")

    def on_branch(request: Surgery, beginning: Any) -> Iterator[tuple[Any, Any, Any]]:
        if not isinstance(beginning, str):
            raise BadRequestError("empty_prompt")
        order = Write(prompt=beginning, **{name: getattr(request, name) for name in (*SETTINGS, "length", "seed")})
        facts = service.facts("gpt_write", order)
        for step, milliseconds in timed(paced(service.stream("gpt_write", order))):
            note = badge("live", ms=milliseconds, **facts) if step.value else gr.skip()
            yield step.value or gr.skip(), progress(step.done, step.total), note

    wishes = {**queue("writing"), **QUIET, "api_name": f"{USE_CASE}_branch"}
    Form.run(form, on_branch, [branches, form.line, form.note], extra=[wish], **wishes)


def text_view(value: Any) -> gr.HTML:
    """The text, the place under the lamp."""
    spoken = words(**{name: f"tokens.{name}" for name in SPOKEN})
    template = (
        f'<div class="lx-tokens lx-surgery lx-view" data-ready="" data-form="{USE_CASE}" data-words="{spoken}">'
        f'<div class="lx-token-head">{legend()}</div>{text_box("gpt.surgery_box")}{panel()}</div>'
    )
    return view("surgeryText", template, value, elem_id=f"{USE_CASE}-text", event="select")


def odds_view(value: Any) -> gr.HTML:
    spoken = words(**{name: f"gpt.odds_{name}" for name in ODDS_WORDS})
    template = (
        f'<section class="lx-lamp-odds" data-form="{USE_CASE}" data-words="{spoken}" aria-label="{t("gpt.odds")}">'
        '<p class="lx-odds-title"></p><div class="lx-odds-grid"></div><p class="lx-odds-note"></p></section>'
    )
    return view("odds", template, value, elem_id=f"{USE_CASE}-odds")


def branches_view() -> gr.HTML:
    """The tree of branches, and two of them side by side."""
    spoken = words(**{name: f"gpt.tree_{name}" for name in TREE_WORDS})
    sides = "".join(
        f'<div><select aria-label="{t(f"gpt.tree_{side}")}"></select>'
        f'<div class="lx-branch-text" tabindex="0" role="group" aria-label="{t(f"gpt.tree_{side}")}"></div></div>'
        for side in ("left", "right")
    )
    template = (
        f'<section class="lx-branches" data-form="{USE_CASE}" data-words="{spoken}"><h3>{t("gpt.tree")}</h3>'
        f'<p class="lx-nothing">{t("gpt.tree_none")}</p><ol class="lx-tree" hidden></ol>'
        f'<div class="lx-pair" hidden>{sides}<p class="lx-verdict"></p></div></section>'
    )
    return view("branches", template, None, elem_id=f"{USE_CASE}-branches", event="select")
