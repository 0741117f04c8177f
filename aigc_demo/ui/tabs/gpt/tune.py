"""Train a GPT further on a text of one's own, live; write with it for the rest of the session.

A training is that person's alone: the page keeps a token of it in a `gr.State`, the service keeps the training, a few
of them and each for a while. The public endpoint keeps nothing: it trains from the shipped weights.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from aigc_demo.core.params import build as request_of
from aigc_demo.services.gpt.requests import STARTS, Write
from aigc_demo.services.gpt.sample_texts import SAMPLES
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import guarded, paced, queue
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import spoken
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.tabs.token_view import token_view
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm
from aigc_demo.ui.views.chart import legend, plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, raw, result, view

MINUTES = (0.5, 1.0, 2.0, 3.0)
RATES = (0.0001, 0.0003, 0.0005, 0.001, 0.003, 0.01, 0.1, 1.0)
LARGEST = 1_000_000  # bytes of a file
NAMES = "across up random facts facts_none dropped dropped_one repeated replaced sample begin"
PAPERS = {
    "Howard & Ruder, Universal Language Model Fine-tuning for Text Classification, 2018": (
        "https://arxiv.org/abs/1801.06146"
    ),
    "Loshchilov & Hutter, Decoupled Weight Decay Regularization (AdamW), 2017": "https://arxiv.org/abs/1711.05101",
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gpt_tune", service)
    with form.tab():
        question("inside.predict_tune", form, "#gpt_tune-view .lx-chart")
        kept = gr.State("")  # token of this person's training
        with bench():
            with controls():
                settings(form)
            with result():
                shown = tune_view("gpt_tune-view", form.first_shown(learned, 2)[0])
                form.outcome(("safetensors", "txt", "json"), state=[kept], library="inside.transformers")
                parts = own_writing()
        words_below(form)
    form.run(shown, kept, show=learned, state=[kept], roll=False, show_progress="hidden")
    wire_writing(form, kept, parts)
    return form


def learned(value: Json, say: Say) -> Sequence[Any]:
    """Curve and samples, and the token that the page keeps."""
    return [{name: part for name, part in value.items() if name != "token"}, value["token"]]


def settings(form: UseCaseForm) -> None:
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
    """Curve, facts, what was left out, samples, see tune.js."""
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
    gr.HTML(f'<p class="lx-small lx-own-head">{t("inside.own_words")}</p>')
    with gr.Row(elem_classes="lx-line", equal_height=False):
        prompt = gr.Textbox(
            "", label=t("gpt.prompt"), max_length=4000, elem_id="gpt_tune-own", interactive=True, scale=1
        )
        write = gr.Button(t("inside.own_run"), elem_id="gpt_tune-own-run", scale=0, min_width=160)
        stop = gr.Button(t("shell.stop"), elem_id="gpt_tune-own-stop", scale=0, min_width=80)
    return raw(prompt), write, stop, token_view("gpt_tune-own-view", curve=False)


def wire_writing(form: UseCaseForm, kept: gr.State, parts: tuple[Any, ...]) -> None:
    prompt, button, stop, shown = parts

    @guarded
    def on_write(prompt: Any, model: Any, temperature: Any, seed: Any, token: str) -> Iterator[Any]:
        from aigc_demo.services.gpt import tune, write

        start = prompt or STARTS.get(str(model), "")
        asked = {"prompt": start, "temperature": temperature, "length": 240, "model": model, "seed": seed}
        request = request_of(Write, asked)
        for step in paced(write.USE_CASE.page(request, tune.write_own(token, request))):
            yield step.value or gr.skip()

    fields = [form.components[name] for name in ("model", "temperature", "seed")]
    wishes = {"api_name": "gpt_tune_write", "show_progress": "hidden", **queue("tune"), **HIDDEN}
    event = button.click(on_write, [prompt, *fields, kept], shown, **wishes)
    stop.click(None, None, None, cancels=[event])


def words_below(form: UseCaseForm) -> None:
    how_it_works(
        r"\theta \leftarrow \theta - \eta \, \text{AdamW}\!\left( \nabla_\theta \, "
        r"\tfrac{1}{BT} \sum -\log p_\theta(x_{t+1} \mid x_{\le t}) \right)",
        "inside.how_tune",
        PAPERS,
        sources("services.gpt.tune_session:Training.advance"),
        steps=("own_text", "transformer", "loss", "weights"),
    )
