"""Train a GPT further on a text of one's own, live; write with it for the rest of the session.

A training is that person's alone: the page keeps a token of it in a `gr.State`, the service keeps the training, a few
of them and each for a while. The public endpoint /gpt_tune keeps nothing: it trains from the shipped weights.
"""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.core.params import build
from aigc_demo.services.gpt import values
from aigc_demo.services.gpt.requests import STARTS, Tune, Write
from aigc_demo.services.gpt.samples import SAMPLES
from aigc_demo.ui.events import guarded
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.gpt_inside import shipped, spoken
from aigc_demo.ui.tabs.gpt_streams import streamed
from aigc_demo.ui.tabs.gpt_write import streamed as written
from aigc_demo.ui.tabs.parts import cached, words
from aigc_demo.ui.tabs.token_view import token_view
from aigc_demo.ui.tabs.vae_views import legend, plot
from aigc_demo.ui.widgets import (
    bench,
    controls,
    drawer,
    honesty_badge,
    how_it_works,
    predict_card,
    progress_line,
    raw,
    result,
    view,
)

GROUP: dict[str, Any] = {"concurrency_id": "tune", "concurrency_limit": 2}  # who trains keeps nobody from writing
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
MINUTES = (0.5, 1.0, 2.0, 3.0)
RATES = (0.0001, 0.0003, 0.0005, 0.001, 0.003, 0.01, 0.1, 1.0)
LARGEST = 1_000_000  # bytes of a file
FORMATS = ["safetensors", "txt", "json"]
NAMES = "across up random facts facts_none dropped dropped_one replaced sample begin"
PAPERS = {
    "Howard & Ruder, Universal Language Model Fine-tuning for Text Classification, 2018": (
        "https://arxiv.org/abs/1801.06146"
    ),
    "Loshchilov & Hutter, Decoupled Weight Decay Regularization (AdamW), 2017": "https://arxiv.org/abs/1711.05101",
}


def tune(service: Any) -> Form:
    """The form."""
    form = Form("gpt_tune", Tune)
    with form.tab():
        kept = gr.State("")  # token of this person's training
        with bench():
            with controls():
                settings(form)
            with result():
                first = shipped("tune")
                shown = tune_view("gpt_tune-view", first)
                line, note = progress_line(), honesty_badge(cached(first))
                form.save(FORMATS, lambda r, kind, token: service.save_tuned(r, kind, token), extra=[kept])
                form.share(lambda request: service.inside_python(request), "inside.transformers")
                asked = gr.Button("·", visible="hidden")
                parts = own_writing()
        words_below()
    wire(form, service, [kept, shown, line, note], asked)
    wire_writing(form, service, kept, parts)
    return form


def settings(form: Form) -> None:
    """The left column."""
    form.add("text", corpus("gpt_tune-text"))
    form.choice("model")
    form.choice("minutes", options=[(f"{minutes:g}", minutes) for minutes in MINUTES], radio=True)
    form.buttons("inside.run_tune")
    with drawer():
        form.choice("rate", options=[(f"{rate:g}", rate) for rate in RATES])
        form.slider("every")
        form.text("prompt")
        form.slider("temperature")
        form.seed()
    form.presets({f"inside.corpus_{name}": {"text": text, "model": model} for name, (model, text) in SAMPLES.items()})


def corpus(elem_id: str) -> gr.HTML:
    """A box for a text, or a file of one; its value is the text."""
    spoken_words = words(
        large="inside.corpus_large",
        binary="inside.corpus_binary",
        count="inside.corpus_count",
        none="inside.corpus_none",
    )
    template = (
        f'<div class="lx-corpus" data-most="{LARGEST}" data-words="{spoken_words}">'
        f'<label><p class="lx-small">{t("inside.corpus")}</p>'
        f'<textarea rows="6" spellcheck="false" placeholder="{t("inside.corpus_hint")}"></textarea></label>'
        '<div class="lx-line"><span>'
        f'<button type="button" class="lx-button lx-upload">{t("inside.corpus_upload")}</button> '
        f'<button type="button" class="lx-button lx-clear">{t("inside.corpus_clear")}</button></span>'
        '<output></output></div><input type="file" accept=".txt,text/plain" hidden></div>'
    )
    return raw(view("corpus", template, "", elem_id=elem_id))


def tune_view(elem_id: str, value: Any) -> gr.HTML:
    """Curve, facts, what was left out, samples, see static/tune.js."""
    curve = plot("inside.tune_plot", legend(glow="inside.tune_train", water="inside.tune_held"))
    template = (
        f'<div class="lx-tune lx-view" data-words="{spoken("tune", NAMES)}"><p class="lx-nothing">'
        f'{t("inside.tune_empty")}</p><div>{curve}<p class="lx-facts-line"></p>'
        f'<p class="lx-small lx-dropped" hidden></p></div><div><p class="lx-small">{t("inside.tune_samples")}</p>'
        f'<ol class="lx-samples" tabindex="0" aria-label="{t("inside.tune_samples")}"></ol></div></div>'
    )
    return view("tune", template, value, elem_id=elem_id)


def own_writing() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.HTML]:
    """Where one writes with the trained model: a beginning, two buttons, the text."""
    with gr.Column(elem_classes="lx-own"):
        return own_parts()


def own_parts() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.HTML]:
    """What stands there."""
    gr.HTML(f'<p class="lx-small lx-own-head">{t("inside.own_words")}</p>')
    with gr.Row(elem_classes="lx-line", equal_height=False):
        prompt = gr.Textbox(
            "", label=t("field.prompt"), max_length=4000, elem_id="gpt_tune-own", interactive=True, scale=1
        )
        write = gr.Button(t("inside.own_run"), elem_id="gpt_tune-own-run", scale=0, min_width=160)
        stop = gr.Button(t("shell.stop"), elem_id="gpt_tune-own-stop", scale=0, min_width=80)
    return raw(prompt), write, stop, token_view("gpt_tune-own-view", curve=False)


def wire(form: Form, service: Any, outputs: list[Any], asked: gr.Button) -> None:
    """Train and Stop, and the public endpoint."""

    def stream(request: Tune, steps: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
        facts = {**service.facts(request.model), "seed": request.seed}
        for (token, made), line, note in streamed(steps, lambda tuned: (tuned.token, values.tuned(tuned)), facts):
            yield token, made, line, note

    def on_live(request: Tune, token: str) -> Iterator[tuple[Any, ...]]:
        yield from stream(request, service.tune(request, token, keep=True))

    def on_tune(request: Tune) -> Iterator[tuple[Any, ...]]:
        """Train the shipped weights further on a text; yields curve, held-out loss and samples, progress and badge."""
        for step in stream(request, service.tune(request)):
            yield step[1:]

    hidden = {"api_name": "gpt_tune_live", **PRIVATE}
    form.run(on_live, outputs, extra=outputs[:1], roll=False, **GROUP, **hidden)
    asked.click(form.endpoint(on_tune), form.inputs, outputs[1:], api_name="gpt_tune", **GROUP)


def wire_writing(form: Form, service: Any, kept: gr.State, parts: tuple[Any, ...]) -> None:
    """Write with one's own model."""
    prompt, button, stop, shown = parts

    @guarded
    def on_write(prompt: Any, model: Any, temperature: Any, seed: Any, token: str) -> Iterator[Any]:
        start = prompt or STARTS.get(str(model), "")
        asked = {"prompt": start, "temperature": temperature, "length": 240, "model": model, "seed": seed}
        yield from written(service.tuned_write(token, build(Write, asked)), {})

    fields = [form.components[name] for name in ("model", "temperature", "seed")]
    hidden = {"api_name": "gpt_tune_write", **PRIVATE}
    event = button.click(on_write, [prompt, *fields, kept], shown, **GROUP, **hidden)
    stop.click(None, None, None, cancels=[event])


def words_below() -> None:
    """Questions, and how it works."""
    question = "inside.predict_tune"
    predict_card(question, [f"{question}_right", f"{question}_b", f"{question}_c"], f"{question}_reveal")
    how_it_works(
        r"\theta \leftarrow \theta - \eta \, \text{AdamW}\!\left( \nabla_\theta \, "
        r"\tfrac{1}{BT} \sum -\log p_\theta(x_{t+1} \mid x_{\le t}) \right)",
        "inside.how_tune",
        PAPERS,
        {
            "aigc_demo/services/gpt/live.py · Training.advance": function_text("services.gpt.live", "Training.advance"),
            "aigc_demo/services/gpt/corpus.py · corpus": function_text("services.gpt.corpus", "corpus"),
        },
    )
